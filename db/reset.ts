import { sql } from "drizzle-orm";
import type { Database } from "./connect.ts";
import { readyRoles } from "./control/schema.ts";
import { readInstallation, withMigrator } from "./migrator.ts";
import { dropSchema } from "./provision.ts";
import { parseSchemaName } from "./schema_name.ts";
import { runScript } from "./transaction.ts";

/** Drops every tenant's schema and role, one by one, and then `control`. An empty database is left. */
export async function resetDatabase(db: Database): Promise<void> {
  const isThere = await withMigrator(db, async (tx) => {
    const [row] = await tx.execute(sql`select to_regclass('control.installation') is not null as exists`);
    return row!.exists as boolean;
  });
  if (!isThere) return;
  const schemas = await db.control.execute<{ name: string }>(
    sql`select nspname as name from pg_namespace where nspname ~ '^tenant_[a-z2-7]{26}$'`,
  );
  for (const { name } of schemas) await dropSchema(db, parseSchemaName(name));
  await withMigrator(db, async (tx) => {
    const { ownerRole } = await readInstallation(tx);
    const ready = await tx.select().from(readyRoles);
    const roles = [ownerRole, ...ready.map(({ name }) => parseSchemaName(name))];
    await runScript(
      tx,
      `drop schema control, jobs cascade; drop schema if exists graphile_worker cascade; drop role ${
        roles.join(", ")
      }`,
    );
  });
}
