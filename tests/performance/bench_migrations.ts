/** Migrations of future releases, for the benchmarks only. */
import { type Migration, readMigrations } from "../../db/migration/migrations.ts";
import { sha256 } from "../../src/platform/crypto.ts";

/** A day before any figures. Its value counts how often the migration ran in a schema. */
export const MARKED_DAY = "1900-01-01";
export const MARKED_COLUMN = "marked";

export const EXTRA_TABLES = Array.from({ length: 12 }, (_, number) => `extra_${number}`);

/** The product's migrations, plus one column with an index per step. */
export async function withColumns(columns: string[]): Promise<Migration[]> {
  const steps = columns.map((column, place) => ({
    version: `900${place}_${column}`,
    text: addColumn(column),
  }));
  return steps.reduce(withNext, await readMigrations("tenant"));
}

/** The same, plus a migration that counts in each schema how often it ran there. */
export async function withMark(columns: string[]): Promise<Migration[]> {
  const text = `${addColumn(MARKED_COLUMN)};
    INSERT INTO daily_metrics (day, metric, value) VALUES ('${MARKED_DAY}', 'api_calls', 1)
      ON CONFLICT (day, metric) DO UPDATE SET value = daily_metrics.value + 1`;
  return withNext(await withColumns(columns), { version: "9999_marked", text });
}

/** As many tables as a real product has; the template has fewer. */
export async function withFifteenTables(): Promise<Migration[]> {
  const tables = EXTRA_TABLES.map((table) =>
    `CREATE TABLE "${table}" (id uuid PRIMARY KEY, name text NOT NULL, at timestamptz NOT NULL);
     CREATE INDEX ON "${table}" (at);`
  );
  return withNext(await readMigrations("tenant"), { version: "9000_wide", text: tables.join("\n") });
}

export function addColumn(name: string): string {
  return `ALTER TABLE "projects" ADD COLUMN "${name}" text; CREATE INDEX "projects_${name}" ON "projects" ("${name}")`;
}

function withNext(before: Migration[], { version, text }: { version: string; text: string }): Migration[] {
  const checksum = sha256(text);
  return [...before, { version, sql: text, checksum, chain: sha256(before.at(-1)!.chain + checksum) }];
}
