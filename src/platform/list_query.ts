import { and, type Column, type Placeholder, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { prepareQuery } from "../../db/connection/prepared.ts";
import type { TransactionDb } from "../../db/connection/transaction.ts";
import type { CursorSide } from "./list_cursor.ts";
import { type Filter, oneOf } from "./list_filters.ts";
import type { SortKey } from "./list_keys.ts";
import { problem } from "./problem.ts";

const PAGE_SIZE_INVALID = problem("page_size_invalid", "Use a whole number from 1 to 100.");
const NOT_WHOLE = problem("not_whole", "Use a whole number.");
const TOO_SMALL = problem("too_small", "Use {minimum} or more.");
const TOO_LARGE = problem("number_too_large", "Use {maximum} or less.");

export const MAX_PAGE_SIZE = 100;
const DEFAULT_PAGE_SIZE = 50;
const MAX_CURSOR_LENGTH = 1_000;

/** The name of a sort key for ascending order. A leading minus sign means descending order. */
export type SortOf<S> = `${"" | "-"}${Extract<keyof S, string>}`;

export type Sorts = Record<string, SortKey>;
export type Filters = Record<string, Filter>;

export type Query<S, F> =
  & { sort: SortOf<S>; limit: number; cursor?: string | undefined }
  & { [Name in keyof F]?: F[Name] extends Filter<infer Schema> ? z.output<Schema> | undefined : never };

export type QuerySchema<S, F> = z.ZodObject<
  & { [Name in keyof F]: F[Name] extends Filter<infer Schema> ? z.ZodOptional<Schema> : never }
  & {
    sort: z.ZodDefault<z.ZodEnum<{ [Sort in SortOf<S>]: Sort }>>;
    limit: typeof pageSize;
    cursor: z.ZodOptional<z.ZodString>;
  }
>;

export type Declaration<Row, S, F, Scope extends string> = {
  /** Selects each row's `id`, and the value of each sort key under the key's name. */
  select(db: TransactionDb): Selection<Row>;
  id: Column;
  sorts: S;
  defaultSort: NoInfer<SortOf<S>>;
  filters: F;
  /** A condition that applies to every query. */
  where?: SQL;
  /** Conditions whose values come from the code, such as the user whose rows to list. A condition without a value is skipped. */
  scope?: Record<Scope, (value: Placeholder) => SQL>;
  /** Selects the counts instead of the rows. Without it, the list's size is unknown. */
  count?(db: TransactionDb, counts: Counts<SQL<number>>): Countable;
  /** The filter whose values are the list's tabs. It has `choices`. */
  tabs?: NoInfer<Extract<keyof F, string>>;
};

/** How many rows match every filter but the tab: in all, on each tab, and before the page on the current tab. */
export type Counts<Value = number> = { all: Value; before: Value; tabs?: Record<string, Value> };

/** The parts of Drizzle's `select` that a list needs. */
type Selection<Row> = {
  where(condition: SQL | undefined): { orderBy(order: SQL): { limit(rows: Placeholder): Preparable<Row> } };
};
type Countable = { where(condition: SQL | undefined): Preparable<Counts<unknown>> };
type Preparable<Row> = {
  prepare(name: string): { execute(values?: Record<string, unknown>): Promise<Row[]> };
};

export type RunQuery<Row> = (db: TransactionDb, values: Record<string, unknown>) => PromiseLike<Row[]>;

/** A filter with its value in a query. */
export type Applied = { name: string; filter: Filter; value: unknown };
export type Order = SortKey & { name: string; direction: "asc" | "desc" };

/** What a list's queries depend on. The values of filters and cursors are parameters. */
export type Shape = { order: Order; applied: Applied[]; side: CursorSide | null };

/** The `limit` of a list: 1 to 100, by default 50. */
export const pageSize = z.coerce.number({ error: PAGE_SIZE_INVALID.code }).int(NOT_WHOLE.code)
  .min(1, TOO_SMALL.code).max(MAX_PAGE_SIZE, TOO_LARGE.code).default(DEFAULT_PAGE_SIZE);

export const pageCursor = z.string().max(MAX_CURSOR_LENGTH).optional();

export function querySchema<Row, S extends Sorts, F extends Filters>(
  { sorts, defaultSort, filters }: Declaration<Row, S, F, string>,
): QuerySchema<S, F> {
  const names = Object.keys(sorts).flatMap((name) => [name, `-${name}`]);
  return z.object({
    ...Object.fromEntries(Object.entries(filters).map(([name, { schema }]) => [name, schema.optional()])),
    sort: oneOf(names).default(defaultSort),
    limit: pageSize,
    cursor: pageCursor,
  }) as unknown as QuerySchema<S, F>;
}

export function scopeFilters(scope: Record<string, (value: Placeholder) => SQL> = {}): Filters {
  return Object.fromEntries(
    Object.entries(scope).map(([name, condition]) => [name, {
      schema: z.unknown(),
      condition: (_value, parameter) => condition(parameter),
      toParameter: (value) => value,
      shapeOf: () => "",
    }]),
  );
}

export function orderOf(sorts: Sorts, sort: string): Order {
  const descending = sort.startsWith("-");
  const name = descending ? sort.slice(1) : sort;
  return { ...sorts[name]!, name, direction: descending ? "desc" : "asc" };
}

/** Selects the rows of a page. Those before a cursor come nearest first, so in reverse order. */
export function preparePage<Row>(
  { select, id, where }: Declaration<Row, Sorts, Filters, string>,
  { order, applied, side }: Shape,
): RunQuery<Row> {
  const isAscending = (order.direction === "asc") !== (side === "before");
  const direction = isAscending ? sql`asc` : sql`desc`;
  const condition = and(
    where,
    ...applied.map(conditionOf),
    side ? isBeyondCursor(order, id, side) : undefined,
  );
  return prepareQuery((db) =>
    select(db).where(condition).orderBy(sql`${order.column} ${direction}, ${id} ${direction}`)
      .limit(sql.placeholder("limit"))
  );
}

/** Selects the counts of a list in one query; null if the list has none. */
export function prepareCounts<Row>(
  { count, id, where, filters, tabs }: Declaration<Row, Sorts, Filters, string>,
  { order, applied, side }: Shape,
): RunQuery<Counts> | null {
  if (!count) return null;
  const tab = applied.find(({ name }) => name === tabs);
  const condition = and(where, ...applied.filter((each) => each !== tab).map(conditionOf));
  const choices = Object.entries((tabs && filters[tabs]?.choices) ?? {});
  const counts = {
    all: countOf(),
    before: side ? countOf(and(tab && conditionOf(tab), isBeforePage(order, id, side))) : sql<number>`0`,
    tabs: Object.fromEntries(choices.map(([choice, isChosen]) => [choice, countOf(isChosen)])),
  };
  return prepareQuery((db) => count(db, counts).where(condition)) as RunQuery<Counts>;
}

function conditionOf({ name, filter, value }: Applied): SQL {
  return filter.condition(value, sql.placeholder(name));
}

function countOf(condition?: SQL): SQL<number> {
  return condition ? sql<number>`(count(*) filter (where ${condition}))::int` : sql<number>`count(*)::int`;
}

function isBeyondCursor(order: Order, id: Column, side: CursorSide): SQL {
  const isGreater = (order.direction === "asc") === (side === "after");
  return compareToCursor(order, id, isGreater ? sql`>` : sql`<`);
}

/** The rows up to the cursor's own. A cursor that points backward names the first row after its page. */
function isBeforePage(order: Order, id: Column, side: CursorSide): SQL {
  if (side === "before") return isBeyondCursor(order, id, side);
  return compareToCursor(order, id, order.direction === "asc" ? sql`<=` : sql`>=`);
}

function compareToCursor({ column, toColumn }: Order, id: Column, operator: SQL): SQL {
  const key = toColumn(sql.placeholder("cursorKey"));
  return sql`(${column}, ${id}) ${operator} (${key}, ${sql.placeholder("cursorId")}::uuid)`;
}
