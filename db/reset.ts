import { sql } from "drizzle-orm";
import type { Database } from "./connect.ts";
import { parseSchemaName } from "./schema_name.ts";
import { runScript } from "./transaction.ts";
import { withControl } from "./with_tenant.ts";

/** Drops every tenant's schema and role, one transaction each, and then `control`. Nothing is left but an empty database. */
export async function resetDatabase(db: Database): Promise<void> {
  const schemas = await db.control.execute<{ name: string }>(
    sql`select nspname as name from pg_namespace where nspname ~ '^tenant_[a-z2-7]{26}$'`,
  );
  for (const { name } of schemas) {
    const schema = parseSchemaName(name);
    await withControl(db, (tx) => runScript(tx, `drop schema ${schema} cascade; drop owned by ${schema}; drop role ${schema}`));
  }
  await withControl(db, (tx) => runScript(tx, "drop schema if exists control cascade"));
}
