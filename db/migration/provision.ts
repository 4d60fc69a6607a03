import { gt, type SQL, sql } from "drizzle-orm";
import { unavailable } from "../../src/errors.ts";
import { problem } from "../../src/platform/problem.ts";
import type { Database } from "../connection/connect.ts";
import { runScript } from "../connection/transaction.ts";
import type { ControlTx } from "../connection/with_tenant.ts";
import { tenantSchemas } from "../control/schema/installation.ts";
import { parseSchemaName, type SchemaName } from "../tenant/schema_name.ts";
import { dropSchema } from "./drop_schema.ts";
import { type Migration, newestTenantMigration, readMigrations } from "./migrations.ts";
import { type Installation, type MigratorTx, readInstallation, withMigrator } from "./migrator.ts";
import { takeRole } from "./ready_roles.ts";

const BEING_UPDATED = problem(
  "product_being_updated",
  "The product is being updated. Try again in a few minutes.",
);

/** Tables that a tenant's role can only read. Database functions write to them. */
const READ_ONLY_TABLES = ["audit_log"];

/** Creates a schema with its tables and its role, ready for a tenant, in one transaction. */
export async function provisionSchema(db: Database): Promise<SchemaName> {
  const migrations = await readMigrations("tenant");
  return await withMigrator(db, async (tx) => {
    await requireNewestVersion(tx, migrations);
    const installation = await readInstallation(tx);
    const schema = await takeRole(tx, installation);
    await runScript(tx, provisioningScript(schema, installation, migrations));
    return schema;
  });
}

/** Refuses to create a schema if others are newer than this code, because the new schema would stay behind. */
async function requireNewestVersion(tx: MigratorTx, migrations: Migration[]): Promise<void> {
  const { version } = migrations.at(-1)!;
  const [newer] = await tx.select({ version: tenantSchemas.version }).from(tenantSchemas)
    .where(gt(tenantSchemas.version, version)).limit(1);
  if (newer) throw unavailable(BEING_UPDATED);
}

/**
 * The SQL that creates a schema for the role of the same name. Its tables belong to the owner role, so the tenant's
 * role can use but not alter them. The application's login inherits nothing, so it sees none of them.
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

/** The SQL that applies `migrations` to one schema. Run it as the owner of the tables. */
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
 * Claims a ready schema in the transaction that creates its tenant. Returns null if none is ready. Concurrent claims never get the
 * same schema.
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

/** The number of schemas that are ready to be claimed. */
export async function countReadySchemas(db: Database): Promise<number> {
  const { version } = await newestTenantMigration();
  return await db.control.$count(tenantSchemas, isReady(version));
}

/** The schema is unclaimed, migrated, and exists. */
function isReady(version: string): SQL {
  return sql`claimed_at is null and version >= ${version} and failure is null
    and to_regnamespace(name) is not null and to_regrole(name) is not null`;
}

/** Removes unclaimed schemas from the ledger if someone dropped them or their role by hand. */
export async function forgetLostSchemas(db: Database): Promise<void> {
  const lost = await db.control.select({ name: tenantSchemas.name }).from(tenantSchemas)
    .where(sql`claimed_at is null and (to_regnamespace(name) is null or to_regrole(name) is null)`);
  for (const { name } of lost) await dropSchema(db, parseSchemaName(name));
}
