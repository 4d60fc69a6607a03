/** Finds the schemas that need a migration, according to the ledger. */
import { sql } from "drizzle-orm";
import { isUndefinedTable } from "../../src/platform/database_errors.ts";
import type { Database } from "../connection/connect.ts";
import { tenantSchemas } from "../control/schema/installation.ts";
import { parseSchemaName, type SchemaName } from "../tenant/schema_name.ts";
import type { Migration } from "./migrations.ts";
import { withMigrator } from "./migrator.ts";

/** `hasFailed` means that an earlier run tried to migrate the schema and failed. */
export type Behind = { name: SchemaName; version: string; isClaimed: boolean; hasFailed: boolean };

/**
 * Schemas that are not at the newest version, unclaimed ones first. Returns none if the ledger doesn't exist yet.
 * Throws if a schema is newer than this code, or if its migrations were changed.
 */
export async function findBehind(db: Database, migrations: Migration[]): Promise<Behind[]> {
  const newest = migrations.at(-1)!;
  const chains = new Map(migrations.map(({ version, chain }) => [version, chain]));
  const rows = await withMigrator(
    db,
    (tx) =>
      tx.select({
        name: tenantSchemas.name,
        version: tenantSchemas.version,
        checksum: tenantSchemas.checksum,
        isClaimed: sql<boolean>`${tenantSchemas.claimedAt} is not null`,
        hasFailed: sql<boolean>`${tenantSchemas.failure} is not null`,
      })
        .from(tenantSchemas).where(
          sql`${tenantSchemas.version} <> ${newest.version} or ${tenantSchemas.checksum} <> ${newest.chain}`,
        )
        .orderBy(
          sql`${tenantSchemas.claimedAt} is not null, ${tenantSchemas.version}, ${tenantSchemas.name}`,
        ),
  ).catch((error) => {
    if (isUndefinedTable(error)) return [];
    throw error;
  });
  for (const { name, version, checksum } of rows) {
    if (!chains.has(version)) {
      throw new Error(
        `The schema ${name} has migration ${version}, which this code doesn't know. Run newer code.`,
      );
    }
    if (chains.get(version) !== checksum) {
      throw new Error(
        `A migration up to ${version} was changed after it was applied to ${name}. Write a new one instead.`,
      );
    }
  }
  return rows.map(({ checksum: _, name, ...row }) => ({ name: parseSchemaName(name), ...row }));
}
