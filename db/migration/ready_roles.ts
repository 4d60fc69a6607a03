import { sql } from "drizzle-orm";
import { readyRoles, tenantSchemas } from "../control/schema/installation.ts";
import { grantScript, type Installation, type MigratorTx } from "./migrator.ts";
import { newSchemaName, parseSchemaName, type SchemaName } from "../tenant/schema_name.ts";
import { runScript } from "../connection/transaction.ts";

/**
 * Whenever a role is made or granted, each connection works out anew which roles its login may take on, before it next
 * takes one on: with 10,000 tenants that keeps PostgreSQL 15 busy for 200 ms, and later ones for some milliseconds. So
 * roles are made in advance, and the more tenants there are, the more of them at once.
 */
const SCHEMAS_A_READY_ROLE = 100;

/** A role for a new schema: one that is ready, or where none is, one that is made now, together with the next ones. */
export async function takeRole(tx: MigratorTx, installation: Installation): Promise<SchemaName> {
  const [ready] = await tx.execute<{ name: string }>(sql`
    delete from ${readyRoles} where name = (
      select name from ${readyRoles} where to_regrole(name) is not null order by name limit 1 for update skip locked)
    returning name`);
  return ready ? parseSchemaName(ready.name) : await makeRoles(tx, installation);
}

async function makeRoles(tx: MigratorTx, installation: Installation): Promise<SchemaName> {
  const more = Math.floor(await tx.$count(tenantSchemas) / SCHEMAS_A_READY_ROLE);
  const [role, ...next] = Array.from({ length: 1 + more }, newSchemaName) as [SchemaName, ...SchemaName[]];
  await runScript(tx, rolesScript([role, ...next], installation));
  if (next.length > 0) await tx.insert(readyRoles).values(next.map((name) => ({ name })));
  return role;
}

/** The SQL that makes roles, without login, which the application's login may take on. */
export function rolesScript(names: SchemaName[], { login, serverVersion }: Installation): string {
  const made = names.map((name) => `create role ${name} nologin;`).join("\n");
  return `${made}\n${grantScript(names, login, serverVersion)}`;
}
