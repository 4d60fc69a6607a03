import { gt, type SQL, sql } from "drizzle-orm";
import { unavailable } from "../../src/errors.ts";
import type { Database } from "../connection/connect.ts";
import { tenantSchemas } from "../control/schema/installation.ts";
import { type Migration, newestTenantMigration, readMigrations } from "./migrations.ts";
import { dropSchema } from "./drop_schema.ts";
import { type Installation, type MigratorTx, readInstallation, withMigrator } from "./migrator.ts";
import { takeRole } from "./ready_roles.ts";
import { parseSchemaName, type SchemaName } from "../tenant/schema_name.ts";
import { runScript } from "../connection/transaction.ts";
import type { ControlTx } from "../connection/with_tenant.ts";

/** Tables that a tenant's role only reads. Functions of the database write to them. */
const READ_ONLY_TABLES = ["audit_log"];

/** Makes a schema with all its tables and its role, ready for a tenant, in one transaction: all of it or nothing. */
export async function provisionSchema(db: Database): Promise<SchemaName> {
  const migrations = await readMigrations("tenant");
  return await withMigrator(db, async (tx) => {
    await refuseOld(tx, migrations);
    const installation = await readInstallation(tx);
    const schema = await takeRole(tx, installation);
    await runScript(tx, provisioningScript(schema, installation, migrations));
    return schema;
  });
}

/** A new schema is at this code's version: once the fleet has moved on, it would stay behind. */
async function refuseOld(tx: MigratorTx, migrations: Migration[]): Promise<void> {
  const { version } = migrations.at(-1)!;
  const [newer] = await tx.select({ version: tenantSchemas.version }).from(tenantSchemas)
    .where(gt(tenantSchemas.version, version)).limit(1);
  if (newer) throw unavailable("The product is being updated. Try again in some minutes.");
}

/**
 * The SQL that makes a schema for the role of the same name. Its tables belong to the owner role, so the tenant's role can use and not alter them,
 * and the application's own login, which inherits nothing, sees none of them.
 */
export function provisioningScript(
  schema: SchemaName,
  { ownerRole }: Installation,
  migrations: Migration[],
): string {
  const { version, chain } = migrations.at(-1)!;
  return `
    create schema ${schema} authorization ${ownerRole};
    set local role ${ownerRole};
    alter default privileges in schema ${schema} grant select, insert, update, delete on tables to ${schema};
    grant usage on schema ${schema} to ${schema};
    ${migrationScript(schema, migrations)}
    set local search_path to default;
    set local role none;
    insert into control.tenant_schemas (name, version, checksum, migrated_at)
      values ('${schema}', '${version}', '${chain}', now());`;
}

/** The SQL that brings one schema forward by `migrations`; it is to be run as the owner of the tables. */
export function migrationScript(schema: SchemaName, migrations: Migration[]): string {
  const steps = migrations.map((migration) => migration.sql).join(";\n");
  const readOnly = READ_ONLY_TABLES.filter((table) => steps.includes(`CREATE TABLE "${table}"`));
  return `
    set local search_path = ${schema};
    ${steps};
    ${
    readOnly.map((table) => `revoke insert, update, delete, truncate on ${table} from ${schema};`).join("\n")
  }`;
}

/**
 * Gives a ready schema to a new tenant, in the transaction that makes the tenant; null when none is ready. Two who claim
 * at once never get the same one.
 */
export async function claimReadySchema(tx: ControlTx, at: Date): Promise<SchemaName | null> {
  const { version } = await newestTenantMigration();
  const [claimed] = await tx.execute<{ name: string }>(sql`
    update ${tenantSchemas} set claimed_at = ${at.toISOString()} where name = (
      select name from ${tenantSchemas} where ${
    isReady(version)
  } order by name limit 1 for update skip locked)
    returning name`);
  return claimed ? parseSchemaName(claimed.name) : null;
}

/** How many schemas are ready to be claimed. */
export async function countReadySchemas(db: Database): Promise<number> {
  const { version } = await newestTenantMigration();
  return await db.control.$count(tenantSchemas, isReady(version));
}

/** It is nobody's, migrated, and really there. */
function isReady(version: string): SQL {
  return sql`claimed_at is null and version >= ${version} and failure is null
    and to_regnamespace(name) is not null and to_regrole(name) is not null`;
}

/** Takes those off the ledger that wait for a tenant and are not there: someone dropped them, or their role, by hand. */
export async function forgetLostSchemas(db: Database): Promise<void> {
  const lost = await db.control.select({ name: tenantSchemas.name }).from(tenantSchemas)
    .where(sql`claimed_at is null and (to_regnamespace(name) is null or to_regrole(name) is null)`);
  for (const { name } of lost) await dropSchema(db, parseSchemaName(name));
}
