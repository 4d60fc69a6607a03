import { getTableName, sql } from "drizzle-orm";
import { getTableConfig, type PgColumn, type PgTable } from "drizzle-orm/pg-core";
import type { TenantContext } from "../../src/context.ts";
import { FEATURES } from "../../src/feature_list.ts";
import { newId } from "../../src/platform/ids.ts";

/** Adds the rows that a body of the operation `POST path` must refer to, and returns their ids by field. */
export async function referencedRows(
  ctx: TenantContext,
  path: string,
  body: Record<string, unknown>,
): Promise<Record<string, string>> {
  const table = findTable(path.slice("/".length).replaceAll("-", "_"));
  const ids: Record<string, string> = {};
  for (const { column, target } of table ? references(table) : []) {
    if (column.name in body) ids[column.name] = await sampleRow(ctx, target);
  }
  return ids;
}

/** Adds a row to a table of the tenant with whatever its columns need, and returns its id. */
export async function sampleRow(ctx: TenantContext, name: string): Promise<string> {
  const table = findTable(name);
  if (!table) throw new Error(`No feature has the table ${name}.`);
  const row: Record<string, unknown> = { id: newId() };
  for (const column of getTableConfig(table).columns.filter(isRequired)) {
    const reference = references(table).find((each) => each.column === column);
    row[column.name] = reference
      ? await sampleRow(ctx, reference.target)
      : sampleValue(column, ctx.services.clock.now());
  }
  await ctx.tx((tx) => tx.execute(insertion(table, row)));
  return String(row.id);
}

function findTable(name: string): PgTable | undefined {
  return FEATURES.flatMap(({ tables }) => tables).find((table) => getTableName(table) === name);
}

/** The columns that refer to another table. */
function references(table: PgTable): { column: PgColumn; target: string }[] {
  return getTableConfig(table).foreignKeys.map(({ reference }) => reference()).map((
    { columns: [column], foreignTable },
  ) => ({ column: column!, target: getTableName(foreignTable) }));
}

function isRequired({ notNull, hasDefault, primary }: PgColumn): boolean {
  return notNull && !hasDefault && !primary;
}

function insertion(table: PgTable, row: Record<string, unknown>) {
  const names = sql.join(Object.keys(row).map((name) => sql.identifier(name)), sql`, `);
  const values = sql.join(Object.values(row).map((value) => sql`${value}`), sql`, `);
  return sql`insert into ${table} (${names}) values (${values})`;
}

function sampleValue({ dataType, enumValues, name }: PgColumn, now: Date): unknown {
  if (enumValues) return enumValues[0];
  if (dataType === "date") return now.toISOString();
  if (dataType === "number") return 1;
  if (dataType === "boolean") return true;
  return name === "email" ? `${newId()}@company.example` : "Sample";
}
