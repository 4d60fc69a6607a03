import type { TransactionDb } from "../../db/connection/transaction.ts";
import { type Cursor, readCursor, writeCursor } from "./list_cursor.ts";
import type { Filter } from "./list_filters.ts";
import {
  type Applied,
  type Counts,
  type Declaration,
  type Filters,
  type Order,
  orderOf,
  prepareCounts,
  preparePage,
  type Query,
  type QuerySchema,
  querySchema,
  type RunQuery,
  scopeFilters,
  type Shape,
  type Sorts,
} from "./list_query.ts";

/** One page of a list. `nextCursor` is null on the last page, and `previousCursor` on the first. */
export type Page<Item> = { items: Item[]; previousCursor: string | null; nextCursor: string | null };

/** A page for people, with its place in the list. Lists that aren't counted have no place and no tabs. */
export type PlacedPage<Item, Tab extends string = string> = Page<Item> & {
  place: Place | null;
  /** The rows on each tab, and in all, that match every other filter. */
  tabs: Record<Tab | "all", number> | null;
};

/** "26–50 of 240". `first` and `last` are 0 in an empty list. */
export type Place = { first: number; last: number; total: number };

/** The query of a list: its filters, its order, and the page. */
export type ListQuery<L> = L extends List<infer _Row, infer S, infer F, infer _Scope> ? Query<S, F>
  : never;

/** Sends two queries together, as `ctx.read` does for a tenant. */
type ReadBoth<Row> = (
  build: (db: TransactionDb) => readonly [PromiseLike<Page<Row>>, PromiseLike<Counts | null>],
) => Promise<[Page<Row>, Counts | null]>;

/**
 * Declares a list: what it selects, and how it can be sorted and filtered. Its pages never skip or repeat an unchanged
 * row in either direction, even if other rows change between two pages.
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

/** Sends a list's queries on schema `control`, where each is a statement of its own. */
export function readingFrom<Row>(db: TransactionDb): ReadBoth<Row> {
  return (build) => Promise.all(build(db));
}

/** Reads a list page by page, starting with the page of `query`, and yields every item. */
export async function* everyItem<Item, Query extends { cursor?: string | undefined }>(
  query: Query,
  readPage: (query: Query) => Promise<Pick<Page<Item>, "items" | "nextCursor">>,
): AsyncGenerator<Item> {
  for (let next: Query | null = query; next !== null;) {
    const { items, nextCursor }: Pick<Page<Item>, "items" | "nextCursor"> = await readPage(next);
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
  readonly #pages = new Map<string, RunQuery<Row>>();
  readonly #counts = new Map<string, RunQuery<Counts> | null>();

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
  page(db: TransactionDb, query: Query<S, F>, scope: Scopes<Scope> = {}): PromiseLike<Page<Row>> {
    const asked = this.#asked(query, scope);
    const run = remember(this.#pages, asked.key, () => preparePage(this.#declaration, asked));
    const values = { ...asked.values, limit: query.limit + 1 };
    return mapLazily(run(db, values), (rows) => toPage(rows, query.limit, asked));
  }

  /**
   * Reads one page for people: with the size of the list and of its tabs, in the same round trip. A page whose rows are all
   * gone becomes the first page.
   */
  async placedPage<Tab extends Extract<NonNullable<Query<S, F>[keyof F]>, string>>(
    readBoth: ReadBoth<Row>,
    query: Query<S, F>,
    scope: Scopes<Scope> = {},
  ): Promise<PlacedPage<Row, Tab>> {
    const [page, counts] = await readBoth((db) => [
      this.page(db, query, scope),
      this.#countsOf(db, query, scope),
    ]);
    if (page.items.length === 0 && query.cursor !== undefined) {
      return await this.placedPage(readBoth, { ...query, cursor: undefined }, scope);
    }
    if (!counts) return { ...page, place: null, tabs: null };
    const { cursor, applied } = this.#asked(query, scope);
    const tab = applied.find(({ name }) => name === this.#declaration.tabs)?.value;
    const tabs = { all: counts.all, ...counts.tabs } as Record<Tab | "all", number>;
    return { ...placed(page, counts.before, cursor, tabs[(tab ?? "all") as Tab]), tabs };
  }

  #countsOf(db: TransactionDb, query: Query<S, F>, scope: Scopes<Scope>): PromiseLike<Counts | null> {
    const asked = this.#asked(query, scope);
    const run = remember(this.#counts, asked.key, () => prepareCounts(this.#declaration, asked));
    return run ? mapLazily(run(db, asked.values), ([counts]) => counts!) : Promise.resolve(null);
  }

  #asked(query: Query<S, F>, scope: Scopes<Scope>): Asked {
    const order = orderOf(this.#declaration.sorts, query.sort);
    const applied = this.#applied({ ...query, ...scope });
    const boundTo = [this.name, query.sort, ...applied.map(({ name, value }) => [name, value])];
    const cursor = query.cursor === undefined ? null : readCursor(query.cursor, boundTo, order.isKey);
    const values = {
      ...Object.fromEntries(applied.map(({ name, filter, value }) => [name, filter.toParameter(value)])),
      cursorKey: cursor?.key,
      cursorId: cursor?.id,
    };
    const filters = applied.map(({ name, filter, value }) => `${name}:${filter.shapeOf(value)}`);
    const side = cursor?.side ?? null;
    return { order, applied, side, cursor, boundTo, values, key: [query.sort, side, ...filters].join() };
  }

  /** The filters that have a value. An empty search counts as no value. */
  #applied(values: Record<string, unknown>): Applied[] {
    return this.#filters.map(([name, filter]) => ({ name, filter, value: values[name] }))
      .filter(({ value }) => value !== undefined && value !== "");
  }
}

type Scopes<Scope extends string> = { [Name in Scope]?: unknown };

/** A query as a list runs it. `key` names its shape: a list is read often and has few shapes, so each is built once. */
type Asked = Shape & {
  cursor: Cursor | null;
  boundTo: unknown;
  values: Record<string, unknown>;
  key: string;
};

function remember<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

/** `rows` has one more than the page if there is another page in its direction. */
function toPage<Row extends { id: string }>(
  rows: Row[],
  limit: number,
  { order, cursor, boundTo }: Asked,
): Page<Row> {
  const isBackward = cursor?.side === "before";
  const items = isBackward ? rows.slice(0, limit).reverse() : rows.slice(0, limit);
  const cursorAt = (row: Row | undefined, side: Cursor["side"]) =>
    row ? writeCursor({ side, key: keyOf(row, order), id: row.id }, boundTo) : null;
  const goesOn = rows.length > limit;
  return {
    items,
    previousCursor: (isBackward ? goesOn : cursor !== null) ? cursorAt(items[0], "before") : null,
    nextCursor: (isBackward || goesOn) ? cursorAt(items.at(-1), "after") : null,
  };
}

function keyOf(row: Record<string, unknown>, { name }: Order): string {
  const value = row[name];
  return value instanceof Date ? value.toISOString() : String(value);
}

/** Where a page is. Its neighbors may be gone, so it has a cursor only to those that the counts know. */
function placed<Row>(page: Page<Row>, before: number, cursor: Cursor | null, total: number) {
  const { items, previousCursor, nextCursor } = page;
  const skipped = cursor?.side === "before" ? before - items.length : before;
  const last = skipped + items.length;
  return {
    items,
    previousCursor: skipped > 0 ? previousCursor : null,
    nextCursor: last < total ? nextCursor : null,
    place: { first: items.length > 0 ? skipped + 1 : 0, last, total },
  };
}

/** Maps the result of `query`, and sends `query` only when `then` is called. */
function mapLazily<Rows, Result>(
  query: PromiseLike<Rows>,
  map: (rows: Rows) => Result,
): PromiseLike<Result> {
  return { then: (resolve, reject) => query.then(map).then(resolve, reject) };
}
