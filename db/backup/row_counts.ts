import type postgres from "postgres";

const MAX_LISTED_DIFFERENCES = 5;

/** The number of rows of each table that this login may read, named with its schema. Partitions count as their table. */
export async function countRows(tx: postgres.TransactionSql): Promise<Record<string, number>> {
  const tables = await tx<{ schema: string; name: string; sql: string }[]>`
    select nspname as schema, nspname || '.' || relname as name, format('%I.%I', nspname, relname) as sql
      from pg_class join pg_namespace on pg_namespace.oid = relnamespace
      where relkind in ('r', 'p') and not relispartition and nspname !~ '^(pg_|information_schema$)'
        and has_schema_privilege(pg_namespace.oid, 'usage') and has_table_privilege(pg_class.oid, 'select')
      order by 1, 2`;
  const rows: Record<string, number> = {};
  for (const inSchema of Map.groupBy(tables, ({ schema }) => schema).values()) {
    const counts = inSchema.map(({ sql }) => `(select count(*)::float8 from ${sql})`);
    const [row] = await tx.unsafe(`select ${counts.join(", ")}`).values();
    inSchema.forEach(({ name }, index) => rows[name] = (row as number[])[index]!);
  }
  return rows;
}

/** Throws if a table has other rows than expected. */
export function requireSameRows(expected: Record<string, number>, found: Record<string, number>): void {
  const different = differences(expected, found);
  if (different.length === 0) return;
  throw new Error(`The restored tables differ: ${different.slice(0, MAX_LISTED_DIFFERENCES).join(", ")}.`);
}

export function totals(rows: Record<string, number>): { tables: number; rows: number } {
  const counts = Object.values(rows);
  return { tables: counts.length, rows: counts.reduce((sum, count) => sum + count, 0) };
}

/** A sentence for each table whose number of rows differs. */
function differences(expected: Record<string, number>, found: Record<string, number>): string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort();
  return names.filter((name) => expected[name] !== found[name]).map((name) =>
    `${name} has ${found[name] ?? "no"} rows instead of ${expected[name] ?? "no table"}`
  );
}
