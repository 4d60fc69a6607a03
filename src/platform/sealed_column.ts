import type { PgColumn, PgTable } from "drizzle-orm/pg-core";

/** A column whose texts `encrypt` seals under `APP_SECRET`. `purpose` is the purpose that they are sealed for. */
export type SealedColumn = {
  readonly name: string;
  readonly table: PgTable;
  readonly id: PgColumn;
  readonly column: PgColumn;
  readonly purpose: string;
};

/** Declares a sealed column. A feature lists its sealed columns in its `feature.ts`. */
export function sealedColumn(name: string, declared: Omit<SealedColumn, "name">): SealedColumn {
  return { name, ...declared };
}
