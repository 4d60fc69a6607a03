import { sql } from "drizzle-orm";
import type { Database } from "./connect.ts";
import { tenantMigrations } from "./control/schema.ts";
import { type Migration, readMigrations } from "./migrations.ts";
import type { SchemaName } from "./schema_name.ts";
import { runScript } from "./transaction.ts";
import type { ControlTx } from "./with_tenant.ts";

/** Tables to which a tenant's role may add rows, and never change or remove one. */
const APPEND_ONLY_TABLES = ["audit_log"];

const FIRST_VERSION_WITH_GRANT_OPTIONS = 160_000;

/**
 * Makes a tenant's role and schema with all its tables, in the transaction that makes the tenant: all of it or nothing.
 * The login owns the tables, so the tenant's role can use them and not alter them.
 */
export async function provisionTenant(db: Database, tx: ControlTx, tenantId: string, schema: SchemaName): Promise<void> {
  const migrations = await readMigrations("tenant");
  const membership = await serverVersion(db) >= FIRST_VERSION_WITH_GRANT_OPTIONS ? "with inherit false, set true" : "";
  await runScript(tx, `
    create role ${schema} nologin;
    grant ${schema} to current_user ${membership};
    create schema ${schema};
    alter default privileges in schema ${schema} grant select, insert, update, delete on tables to ${schema};
    grant usage on schema ${schema} to ${schema};
    ${tenantScript(schema, migrations)}`);
  await recordMigrations(tx, tenantId, migrations);
}

/** The SQL that brings a tenant's schema forward by `migrations`, for a transaction of the login. */
export function tenantScript(schema: SchemaName, migrations: Migration[]): string {
  return `
    set local search_path = ${schema};
    ${migrations.map((migration) => migration.sql).join(";\n")};
    ${APPEND_ONLY_TABLES.map((table) => `revoke update, delete, truncate on ${table} from ${schema};`).join("\n")}
    set local search_path = '';`;
}

export async function recordMigrations(tx: ControlTx, tenantId: string, migrations: Migration[]): Promise<void> {
  const rows = migrations.map(({ version, checksum }) => ({ tenantId, version, checksum }));
  await tx.insert(tenantMigrations).values(rows);
}

const versions = new WeakMap<Database, Promise<number>>();

function serverVersion(db: Database): Promise<number> {
  const known = versions.get(db);
  if (known) return known;
  const asked = db.control.execute<{ version: number }>(sql`select current_setting('server_version_num')::int as version`)
    .then(([row]) => row!.version);
  versions.set(db, asked);
  return asked;
}
