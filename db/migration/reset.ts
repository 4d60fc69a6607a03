import { sql } from "drizzle-orm";
import type { Database } from "../connection/connect.ts";
import { runScript } from "../connection/transaction.ts";
import { readyRoles } from "../control/schema/installation.ts";
import { parseSchemaName } from "../tenant/schema_name.ts";
import { dropSchema } from "./drop_schema.ts";
import { readInstallation, withMigrator } from "./migrator.ts";

/** Drops every tenant's schema and role one by one, and then `control`. Leaves an empty database. */
export async function resetDatabase(db: Database): Promise<void> {
  const isInstalled = await withMigrator(db, async (tx) => {
    const [row] = await tx.execute(sql`select to_regclass('control.installation') is not null as exists`);
    return row!.exists as boolean;
  });
  if (!isInstalled) return;
  const schemas = await db.control.execute<{ name: string }>(
    sql`select nspname as name from pg_namespace where nspname ~ '^tenant_[a-z2-7]{26}$'`,
  );
  // Dropping a schema writes to this table, and a database of an older version lacks it.
  await withMigrator(
    db,
    (tx) => runScript(tx, "create table if not exists control.dropped_roles (name text primary key)"),
  );
  for (const { name } of schemas) await dropSchema(db, parseSchemaName(name));
  await withMigrator(db, async (tx) => {
    const { ownerRole } = await readInstallation(tx);
    const ready = await tx.select().from(readyRoles);
    const roles = [ownerRole, ...ready.map(({ name }) => parseSchemaName(name))];
    await runScript(
      tx,
      `drop schema control, jobs cascade; drop schema if exists api, audit, stream, graphile_worker cascade;
      ${roles.map(dropUnlessUsed).join("\n")}`,
    );
  });
}

/** Keeps a role that another database on the server uses. */
function dropUnlessUsed(role: string): string {
  return `do $$ begin drop role ${role}; exception when dependent_objects_still_exist then null; end $$;`;
}
