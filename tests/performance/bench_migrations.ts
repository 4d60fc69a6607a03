/** Migrations of releases to come: they exist in the benchmarks alone. */
import { type Migration, readMigrations } from "../../db/migration/migrations.ts";
import { sha256 } from "../../src/platform/crypto.ts";

/** A day before there were any figures: its value is how often a schema had the migration. */
export const MARKED_DAY = "1900-01-01";
export const MARKED_COLUMN = "marked";

export const EXTRA_TABLES = Array.from({ length: 12 }, (_, number) => `extra_${number}`);

/** The product's migrations and, a step each, a column with its index. */
export async function withColumns(columns: string[]): Promise<Migration[]> {
  const steps = columns.map((column, place) => ({
    version: `900${place}_${column}`,
    text: addColumn(column),
  }));
  return steps.reduce(withNext, await readMigrations("tenant"));
}

/** The same, and one that leaves in each schema how often it was applied there. */
export async function withMark(columns: string[]): Promise<Migration[]> {
  const text = `${addColumn(MARKED_COLUMN)};
    INSERT INTO daily_metrics (day, metric, value) VALUES ('${MARKED_DAY}', 'api_calls', 1)
      ON CONFLICT (day, metric) DO UPDATE SET value = daily_metrics.value + 1`;
  return withNext(await withColumns(columns), { version: "9999_marked", text });
}

/** As many tables as a product has, of which the template has but three. */
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
