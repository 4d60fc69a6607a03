import { sql } from "drizzle-orm";
import { runScript } from "../connection/transaction.ts";
import { readyRoles, tenantSchemas } from "../control/schema/installation.ts";
import { newSchemaName, parseSchemaName, type SchemaName } from "../tenant/schema_name.ts";
import { grantScript, type Installation, type MigratorTx } from "./migrator.ts";

/**
 * After a role is created or granted, each connection recomputes the roles that its login may set. With 10,000 tenants, this takes
 * PostgreSQL 15 200 ms, and later versions a few milliseconds. So roles are created in advance, one per 100 existing schemas at a
 * time.
 */
const SCHEMAS_PER_READY_ROLE = 100;

/** Takes a ready role for a new schema. If none is ready, creates one, and more for the next schemas. */
export async function takeRole(tx: MigratorTx, installation: Installation): Promise<SchemaName> {
  const [ready] = await tx.execute<{ name: string }>(sql`
    delete from ${readyRoles} where name = (
      select name from ${readyRoles} where to_regrole(name) is not null order by name limit 1 for update skip locked)
    returning name`);
  return ready ? parseSchemaName(ready.name) : await createRoles(tx, installation);
}

async function createRoles(tx: MigratorTx, installation: Installation): Promise<SchemaName> {
  const more = Math.floor(await tx.$count(tenantSchemas) / SCHEMAS_PER_READY_ROLE);
  const [role, ...next] = Array.from({ length: 1 + more }, newSchemaName) as [SchemaName, ...SchemaName[]];
  await runScript(tx, rolesScript([role, ...next], installation));
  if (next.length > 0) await tx.insert(readyRoles).values(next.map((name) => ({ name })));
  return role;
}

/** The SQL that creates roles without login, and allows the application's login to set them. */
export function rolesScript(names: SchemaName[], { login, serverVersion }: Installation): string {
  const created = names.map((name) => `create role ${name} nologin;`).join("\n");
  return `${created}\n${grantScript(names, login, serverVersion)}`;
}
