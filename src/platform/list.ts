import { and, type Column, type Placeholder, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { prepareQuery } from "../../db/connection/prepared.ts";
import type { TransactionDb } from "../../db/connection/transaction.ts";
import { readCursor, writeCursor } from "./list_cursor.ts";
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

/** One page of a list. `nextCursor` is null on the last page. */
export type Page<Item> = { items: Item[]; nextCursor: string | null };

/** The query of a list: its filters, its order, and the page. */
export type ListQuery<L> = L extends List<infer _Row, infer S, infer F, infer _Scope> ? Query<S, F>
  : never;

/** The name of a sort key for ascending order. A leading minus sign means descending order. */
export type SortOf<S> = `${"" | "-"}${Extract<keyof S, string>}`;

type Sorts = Record<string, SortKey>;
type Filters = Record<string, Filter>;

type Query<S, F> =
  & { sort: SortOf<S>; limit: number; cursor?: string | undefined }
  & { [Name in keyof F]?: F[Name] extends Filter<infer Schema> ? z.output<Schema> | undefined : never };

type QuerySchema<S, F> = z.ZodObject<
  & { [Name in keyof F]: F[Name] extends Filter<infer Schema> ? z.ZodOptional<Schema> : never }
  & {
    sort: z.ZodDefault<z.ZodEnum<{ [Sort in SortOf<S>]: Sort }>>;
    limit: typeof pageSize;
    cursor: z.ZodOptional<z.ZodString>;
  }
>;

type Declaration<Row, S, F, Scope extends string> = {
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
};

/** The part of Drizzle's `select` that a list needs. */
type Selection<Row> = {
  where(condition: SQL | undefined): { orderBy(order: SQL): { limit(rows: Placeholder): Preparable<Row> } };
};
type Preparable<Row> = {
  prepare(name: string): { execute(values?: Record<string, unknown>): Promise<Row[]> };
};

type RunQuery<Row> = (db: TransactionDb, values: Record<string, unknown>) => PromiseLike<Row[]>;

/** The `limit` of a list: 1 to 100, by default 50. */
const pageSize = z.coerce.number({ error: PAGE_SIZE_INVALID.code }).int(NOT_WHOLE.code)
  .min(1, TOO_SMALL.code).max(MAX_PAGE_SIZE, TOO_LARGE.code).default(DEFAULT_PAGE_SIZE);

/**
 * Declares a list: what it selects, and how it can be sorted and filtered. Its pages never skip or repeat an unchanged
 * row, even if other rows change between two pages.
 */
export function list<
  Row extends { id: string },
  S extends Sorts,
  F extends Filters,
  Scope extends string = never,
>(
  name: string,
  declaration: Declaration<Row, S, F, Scope>,
): List<Row, S, F, Scope> {
  return new List(name, declaration);
}

/** Reads a list page by page, starting with the page of `query`, and yields every item. */
export async function* everyItem<Item, Query extends { cursor?: string | undefined }>(
  query: Query,
  readPage: (query: Query) => Promise<Page<Item>>,
): AsyncGenerator<Item> {
  for (let next: Query | null = query; next !== null;) {
    const { items, nextCursor }: Page<Item> = await readPage(next);
    yield* items;
    next = nextCursor === null ? null : { ...query, cursor: nextCursor };
  }
}

class List<Row extends { id: string }, S extends Sorts, F extends Filters, Scope extends string> {
  readonly name: string;
  /** The schema of the list's query parameters. */
  readonly query: QuerySchema<S, F>;
  readonly #declaration: Declaration<Row, S, F, Scope>;
  readonly #filters: [name: string, filter: Filter][];
  readonly #prepared = new Map<string, RunQuery<Row>>();

  constructor(name: string, declaration: Declaration<Row, S, F, Scope>) {
    this.name = name;
    this.query = querySchema(declaration);
    this.#declaration = declaration;
    this.#filters = Object.entries({ ...scopeFilters(declaration.scope), ...declaration.filters });
  }

  /**
   * Reads one page through a handle of a tenant or of `control`. Like any query, it is sent when its `then` is called.
   * Throws `invalid` for a cursor from another list, order, or filter.
   */
  page(
    db: TransactionDb,
    query: Query<S, F>,
    scope: { [Name in Scope]?: unknown } = {},
  ): PromiseLike<Page<Row>> {
    const order = orderOf(this.#declaration.sorts, query.sort);
    const applied = this.#applied({ ...query, ...scope });
    const boundTo = [this.name, query.sort, ...applied.map(({ name, value }) => [name, value])];
    const after = query.cursor === undefined ? null : readCursor(query.cursor, boundTo, order.isKey);
    const run = this.#queryFor(order, applied, after !== null);
    const values = {
      ...Object.fromEntries(applied.map(({ name, filter, value }) => [name, filter.toParameter(value)])),
      limit: query.limit + 1,
      cursorKey: after?.key,
      cursorId: after?.id,
    };
    return mapLazily(run(db, values), (rows) => toPage(rows, query.limit, order, boundTo));
  }

  /** The filters that have a value. An empty search counts as no value. */
  #applied(values: Record<string, unknown>): Applied[] {
    return this.#filters.map(([name, filter]) => ({ name, filter, value: values[name] }))
      .filter(({ value }) => value !== undefined && value !== "");
  }

  /** Builds the query of each shape once, because a list is read often and has few shapes. */
  #queryFor(order: Order, applied: Applied[], isLaterPage: boolean): RunQuery<Row> {
    const filters = applied.map(({ name, filter, value }) => `${name}:${filter.shapeOf(value)}`);
    const shape = [order.direction, order.name, isLaterPage, ...filters].join();
    const run = this.#prepared.get(shape) ?? prepare(this.#declaration, order, applied, isLaterPage);
    this.#prepared.set(shape, run);
    return run;
  }
}

type Applied = { name: string; filter: Filter; value: unknown };
type Order = SortKey & { name: string; direction: "asc" | "desc" };

function querySchema<Row, S extends Sorts, F extends Filters>(
  { sorts, defaultSort, filters }: Declaration<Row, S, F, string>,
): QuerySchema<S, F> {
  const names = Object.keys(sorts).flatMap((name) => [name, `-${name}`]);
  return z.object({
    ...Object.fromEntries(Object.entries(filters).map(([name, { schema }]) => [name, schema.optional()])),
    sort: oneOf(names).default(defaultSort),
    limit: pageSize,
    cursor: z.string().max(MAX_CURSOR_LENGTH).optional(),
  }) as unknown as QuerySchema<S, F>;
}

function scopeFilters(scope: Record<string, (value: Placeholder) => SQL> = {}): Filters {
  return Object.fromEntries(
    Object.entries(scope).map(([name, condition]) => [name, {
      schema: z.unknown(),
      condition: (_value, parameter) => condition(parameter),
      toParameter: (value) => value,
      shapeOf: () => "",
    }]),
  );
}

function orderOf(sorts: Sorts, sort: string): Order {
  const descending = sort.startsWith("-");
  const name = descending ? sort.slice(1) : sort;
  return { ...sorts[name]!, name, direction: descending ? "desc" : "asc" };
}

function prepare<Row>(
  { select, id, where }: Declaration<Row, Sorts, Filters, string>,
  order: Order,
  applied: Applied[],
  isLaterPage: boolean,
): RunQuery<Row> {
  const { column } = order;
  const direction = order.direction === "desc" ? sql`desc` : sql`asc`;
  const condition = and(
    where,
    ...applied.map(({ name, filter, value }) => filter.condition(value, sql.placeholder(name))),
    isLaterPage ? isAfterCursor(order, id) : undefined,
  );
  return prepareQuery((db) =>
    select(db).where(condition).orderBy(sql`${column} ${direction}, ${id} ${direction}`)
      .limit(sql.placeholder("limit"))
  );
}

function isAfterCursor({ column, toColumn, direction }: Order, id: Column): SQL {
  const operator = direction === "desc" ? sql`<` : sql`>`;
  const key = toColumn(sql.placeholder("cursorKey"));
  return sql`(${column}, ${id}) ${operator} (${key}, ${sql.placeholder("cursorId")}::uuid)`;
}

/** `rows` has one more than the page if there is a next page. */
function toPage<Row extends { id: string }>(
  rows: Row[],
  limit: number,
  { name }: Order,
  boundTo: unknown,
): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || !last) return { items, nextCursor: null };
  return { items, nextCursor: writeCursor({ key: keyOf(last, name), id: last.id }, boundTo) };
}

function keyOf(row: Record<string, unknown>, name: string): string {
  const value = row[name];
  return value instanceof Date ? value.toISOString() : String(value);
}

/** Maps the result of `query`, and sends `query` only when `then` is called. */
function mapLazily<Rows, Result>(
  query: PromiseLike<Rows>,
  map: (rows: Rows) => Result,
): PromiseLike<Result> {
  return { then: (resolve, reject) => query.then(map).then(resolve, reject) };
}
