import { sql } from "drizzle-orm";
import type { Database } from "./connect.ts";
import { ownerRole } from "./provision.ts";
import { parseSchemaName, type SchemaName } from "./schema_name.ts";
import { runScript } from "./transaction.ts";
import { type ControlTx, withControl } from "./with_tenant.ts";

/** Drops every tenant's schema and role, one transaction each, and then `control`. An empty database is left. */
export async function resetDatabase(db: Database): Promise<void> {
  const [ledger] = await db.control.execute(
    sql`select to_regclass('control.installation') is not null as exists`,
  );
  if (!ledger!.exists) return;
  const schemas = await db.control.execute<{ name: string }>(
    sql`select nspname as name from pg_namespace where nspname ~ '^tenant_[a-z2-7]{26}$'`,
  );
  for (const { name } of schemas) await withControl(db, (tx) => dropTenantSchema(tx, parseSchemaName(name)));
  await withControl(db, async (tx) => {
    const owner = await ownerRole(tx);
    await runScript(tx, `drop schema control cascade; drop role ${owner}`);
  });
}

async function dropTenantSchema(tx: ControlTx, schema: SchemaName): Promise<void> {
  await runScript(
    tx,
    `
    set local role ${await ownerRole(tx)};
    drop schema ${schema} cascade;
    set local role none;
    drop role ${schema}`,
  );
}
