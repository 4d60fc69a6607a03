import { and, type Column, ilike, or, type Placeholder, type SQL, sql } from "drizzle-orm";
import { prepareQuery } from "../../db/connection/prepared.ts";
import type { TransactionDb } from "../../db/connection/transaction.ts";
import type { Permission } from "../access/permissions.ts";
import { inNameOrder } from "../platform/name_order.ts";
import { type Wording, wording } from "../platform/wording.ts";

/** A row that matches a search. `detail` may be empty. */
export type Match = { id: string; title: string; detail: string };

/** The LIKE patterns of a search term, and how many rows to return. `tenantId` is for tables in schema `control`. */
export type SearchValues = { contains: string; startsWith: string; limit: number; tenantId: string };

/** A table that the workspace's search covers. */
export type SearchSource = {
  /** The heading above its matches, such as "Projects". */
  readonly label: Wording;
  readonly permission: Permission;
  /** Matches of sources with a lower position come first. */
  readonly position: number;
  /** Whether the table is in schema `control`. All others are in the tenant's schema. */
  readonly inControl: boolean;
  /** Finds rows with one query. Titles that start with the term come first, then other titles that contain it. */
  find(db: TransactionDb, values: SearchValues): PromiseLike<Match[]>;
  href(match: Match): string;
};

type Declaration = Pick<SearchSource, "permission" | "position" | "href"> & {
  label: string;
  /** Selects each row's `id`, `title` and `detail`. */
  select(db: TransactionDb): Selection;
  id: Column;
  /** The columns to search. */
  columns: readonly [title: Column, ...others: Column[]];
  /** Keeps the tenant's rows of a table in schema `control`. */
  ofTenant?: (id: Placeholder) => SQL;
};

/** The part of Drizzle's `select` that a source needs. */
type Selection = {
  where(condition: SQL | undefined): { orderBy(order: SQL): { limit(rows: Placeholder): Preparable } };
};
type Preparable = {
  prepare(name: string): { execute(values?: Record<string, unknown>): Promise<Match[]> };
};

/** Declares what the workspace's search finds of a feature. A feature lists its sources in its `feature.ts`. */
export function searchSource(
  name: string,
  { label, select, id, columns, ofTenant, ...source }: Declaration,
): SearchSource {
  const [contains, startsWith] = [sql.placeholder("contains"), sql.placeholder("startsWith")];
  const [title] = columns;
  const condition = and(
    ofTenant?.(sql.placeholder("tenantId")),
    or(...columns.map((column) => ilike(column, contains))),
  );
  const order = sql`${ilike(title, startsWith)} desc, ${ilike(title, contains)} desc, ${
    inNameOrder(title)
  }, ${id}`;
  const find = prepareQuery((db) =>
    select(db).where(condition).orderBy(order).limit(sql.placeholder("limit"))
  );
  return { ...source, label: wording(`search.${name}`, label), inControl: ofTenant !== undefined, find };
}
