import { runScript } from "../connection/transaction.ts";
import { type MigratorTx, readInstallation } from "../migration/migrator.ts";
import { parseSchemaName, type SchemaName } from "./schema_name.ts";

/** Runs `work` as the owner of the tenant's tables, who can also fill the ones that the tenant's role only reads. */
export async function asOwner<T>(tx: MigratorTx, schema: SchemaName, work: () => Promise<T>): Promise<T> {
  const { ownerRole } = await readInstallation(tx);
  await runScript(tx, `set local role ${ownerRole}; set local search_path = ${parseSchemaName(schema)}`);
  const result = await work();
  await runScript(tx, "set local role none; set local search_path to default");
  return result;
}
