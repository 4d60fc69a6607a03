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
  /** How many schemas are at which version; `ready` of them wait for a tenant. */
  versions: { version: string; schemas: number; ready: number }[];
  /** Schemas that are not at the newest version, 100 at most, those that failed first. */
  laggards: { schema: string; subdomain: string | null; version: string; failure: string | null }[];
  /** How many of those there are. */
  behind: number;
};

/** Which migrations are applied where, and who lags behind. A database that was never migrated has none. */
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
  /** For each version that schemas are at now: what they would get. */
  tenants: { from: string; schemas: number; migrations: Migration[] }[];
};

/** What `migrate` would do. Throws as it does when the database doesn't fit this code. */
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
