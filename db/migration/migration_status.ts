import { asc, count, eq, ne, sql } from "drizzle-orm";
import type { Database } from "../connection/connect.ts";
import { tenantSchemas } from "../control/schema/installation.ts";
import { tenants } from "../control/schema/tenants.ts";
import { findBehind } from "./behind.ts";
import { controlStatus, pendingControlMigrations } from "./migrate.ts";
import { type Migration, newestTenantMigration, readMigrations } from "./migrations.ts";

const LAGGARDS_LISTED = 100;

export type MigrationStatus = {
  control: { version: string; applied: boolean }[];
  /** The number of schemas at each version. `ready` counts those without a tenant. */
  versions: { version: string; schemas: number; ready: number }[];
  /** At most 100 schemas that are not at the newest version, failed ones first. */
  laggards: { schema: string; subdomain: string | null; version: string; failure: string | null }[];
  /** The number of all schemas that are not at the newest version. */
  behind: number;
};

/** The migrations that are applied to each schema, and the schemas that are behind. A new database has none. */
export async function migrationStatus(db: Database): Promise<MigrationStatus> {
  const control = await controlStatus(db);
  if (control.some(({ applied }) => !applied)) return { control, versions: [], laggards: [], behind: 0 };
  const newest = await newestTenantMigration();
  const versions = await db.control.select({
    version: tenantSchemas.version,
    schemas: count(),
    ready: sql<number>`(count(*) filter (where claimed_at is null))::int`,
  }).from(tenantSchemas).groupBy(tenantSchemas.version).orderBy(asc(tenantSchemas.version));
  const laggards = await db.control.select({
    schema: tenantSchemas.name,
    subdomain: tenants.subdomain,
    version: tenantSchemas.version,
    failure: tenantSchemas.failure,
  }).from(tenantSchemas).leftJoin(tenants, eq(tenants.schemaName, tenantSchemas.name))
    .where(ne(tenantSchemas.version, newest.version))
    .orderBy(sql`failure is null`, asc(tenantSchemas.name)).limit(LAGGARDS_LISTED);
  const behind = versions.reduce((sum, row) => row.version === newest.version ? sum : sum + row.schemas, 0);
  return { control, versions, laggards, behind };
}

export type MigrationPlan = {
  control: Migration[];
  /** The pending migrations of the schemas at each version. */
  tenants: { from: string; schemas: number; migrations: Migration[] }[];
};

/** The migrations that `migrate` would run. Throws like `migrate` if the database doesn't fit this code. */
export async function planMigration(db: Database): Promise<MigrationPlan> {
  const control = await pendingControlMigrations(db);
  const migrations = await readMigrations("tenant");
  const groups = Map.groupBy(await findBehind(db, migrations), ({ version }) => version);
  return {
    control,
    tenants: [...groups].map(([from, schemas]) => ({
      from,
      schemas: schemas.length,
      migrations: migrations.filter(({ version }) => version > from),
    })),
  };
}
