import { and, type Column, type Placeholder, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { prepareQuery } from "../../db/connection/prepared.ts";
import type { TransactionDb } from "../../db/connection/transaction.ts";
import { readCursor, writeCursor } from "./list_cursor.ts";
import { type Filter, oneOf } from "./list_filters.ts";
import type { SortKey } from "./list_keys.ts";

export const MAX_PAGE_SIZE = 100;
const DEFAULT_PAGE_SIZE = 50;
const MAX_CURSOR_LENGTH = 1_000;

/** Part of a list, and where the next part begins; null after the last. */
export type Page<Item> = { items: Item[]; nextCursor: string | null };

/** What to ask a list for: its filters, the order, and which page. */
export type ListQuery<Asked> = Asked extends List<infer _Row, infer S, infer F, infer _Scope> ? Query<S, F>
  : never;

/** The name of a sort key for ascending order, or with a minus sign in front, for descending order. */
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
  /** A condition that always holds. */
  where?: SQL;
  /** Conditions whose values come from the code, such as whose rows are meant. One without a value doesn't apply. */
  scope?: Record<Scope, (value: Placeholder) => SQL>;
};

/** As much of Drizzle's `select` as a list needs. */
type Selection<Row> = {
  where(condition: SQL | undefined): { orderBy(order: SQL): { limit(rows: Placeholder): Preparable<Row> } };
};
type Preparable<Row> = {
  prepare(name: string): { execute(values?: Record<string, unknown>): Promise<Row[]> };
};

type RunQuery<Row> = (db: TransactionDb, values: Record<string, unknown>) => PromiseLike<Row[]>;

/** `limit` of a list: 1 to 100, 50 if not given. */
const pageSize = z.coerce.number({ error: "Use a whole number from 1 to 100." }).int("Use a whole number.")
  .min(1, "Use 1 or more.").max(MAX_PAGE_SIZE, `Use ${MAX_PAGE_SIZE} or less.`).default(DEFAULT_PAGE_SIZE);

/**
 * Declares a list: what it selects, how it can be sorted and filtered. Its pages neither skip nor repeat a row that stays as
 * it is, whatever happens to other rows meanwhile.
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

/** Every item of a list from the page that `query` asks for, read page by page. */
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
  /** The list's parameters, as a program gives them. */
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
   * One page, read on a tenant's handle or one of `control`. Like any query, it is sent when its `then` is called.
   * Throws `invalid` for a cursor that belongs to another list, order or filter.
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
    return answering(run(db, values), (rows) => toPage(rows, query.limit, order, boundTo));
  }

  /** The filters that have a value. An empty search is none. */
  #applied(values: Record<string, unknown>): Applied[] {
    return this.#filters.map(([name, filter]) => ({ name, filter, value: values[name] }))
      .filter(({ value }) => value !== undefined && value !== "");
  }

  /** The query of this shape. Lists are read often, and have few shapes: each is built once. */
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

/** Sends `query` when its own `then` is called, not before. */
function answering<Rows, Answer>(
  query: PromiseLike<Rows>,
  read: (rows: Rows) => Answer,
): PromiseLike<Answer> {
  return { then: (answered, failed) => query.then(read).then(answered, failed) };
}
