import { sql } from "drizzle-orm";
import { installation, tenantMigrations } from "./control/schema.ts";
import { type Migration, readMigrations } from "./migrations.ts";
import { parseOwnerRole, type SchemaName } from "./schema_name.ts";
import { runScript } from "./transaction.ts";
import type { ControlTx } from "./with_tenant.ts";

/** Tables to which a tenant's role may add rows, and never change or remove one. */
const APPEND_ONLY_TABLES = ["audit_log"];

const FIRST_VERSION_WITH_GRANT_OPTIONS = 160_000;

/**
 * Makes a tenant's role and schema with all its tables, in the transaction that makes the tenant: all of it or nothing.
 * The tables belong to the owner role, so the tenant's role can use and not alter them, and the application's own login,
 * which inherits nothing, sees none of them.
 */
export async function provisionTenant(tx: ControlTx, tenantId: string, schema: SchemaName): Promise<void> {
  const migrations = await readMigrations("tenant");
  const owner = await ownerRole(tx);
  await runScript(
    tx,
    `
    ${await newRoleScript(tx, schema)}
    create schema ${schema} authorization ${owner};
    set local role ${owner};
    alter default privileges in schema ${schema} grant select, insert, update, delete on tables to ${schema};
    grant usage on schema ${schema} to ${schema};
    set local role none;
    ${tenantScript(owner, schema, migrations)}`,
  );
  await recordMigrations(tx, tenantId, migrations);
}

/** The SQL that brings a tenant's schema forward by `migrations`. Afterwards the transaction acts as the login again. */
export function tenantScript(owner: string, schema: SchemaName, migrations: Migration[]): string {
  return `
    set local role ${owner};
    set local search_path = ${schema};
    ${migrations.map((migration) => migration.sql).join(";\n")};
    ${
    APPEND_ONLY_TABLES.map((table) => `revoke update, delete, truncate on ${table} from ${schema};`).join(
      "\n",
    )
  }
    set local search_path = '';
    set local role none;`;
}

export async function recordMigrations(
  tx: ControlTx,
  tenantId: string,
  migrations: Migration[],
): Promise<void> {
  const rows = migrations.map(({ version, checksum }) => ({ tenantId, version, checksum }));
  await tx.insert(tenantMigrations).values(rows);
}

/** The SQL that makes a role without login, which the application's login may take on and doesn't inherit from. */
export async function newRoleScript(tx: ControlTx, role: string): Promise<string> {
  const [server] = await tx.execute<{ version: number }>(
    sql`select current_setting('server_version_num')::int as version`,
  );
  const options = server!.version >= FIRST_VERSION_WITH_GRANT_OPTIONS ? "with inherit false, set true" : "";
  return `create role ${role} nologin; grant ${role} to current_user ${options};`;
}

/** The role that owns all tenants' tables. */
export async function ownerRole(tx: ControlTx): Promise<string> {
  const [row] = await tx.select().from(installation);
  return parseOwnerRole(row!.ownerRole);
}
