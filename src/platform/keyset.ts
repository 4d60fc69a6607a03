import { Buffer } from "node:buffer";
import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { invalid } from "../errors.ts";

export const MAX_PAGE_SIZE = 100;
const DEFAULT_PAGE_SIZE = 50;

const LAST_MOMENT = Date.parse("9999-12-31T23:59:59.999Z");

/** `limit` of a list: 1 to 100, 50 if not given. */
export const pageSize = z.coerce.number({ error: "Use a whole number from 1 to 100." }).int(
  "Use a whole number.",
)
  .min(1, "Use 1 or more.").max(MAX_PAGE_SIZE, `Use ${MAX_PAGE_SIZE} or less.`).default(DEFAULT_PAGE_SIZE);

/** Part of a list, and where the next part begins; null after the last. */
export type Page<Item> = { items: Item[]; nextCursor: string | null };

/** The place of a row in a list: its sort key's value, then its id. Only for the sort order that it was made in. */
type Place = { sort: string; value: string; id: string };

const place = z.tuple([z.string(), z.string(), z.uuid()]);

/** Rows fetched with one more than `limit`, as a page. */
export function toPage<Row extends { id: string }>(
  rows: Row[],
  limit: number,
  sort: string,
  valueOf: (row: Row) => string,
): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last;
  return { items, nextCursor: more ? encode({ sort, value: valueOf(last), id: last.id }) : null };
}

/**
 * The condition "after the cursor" in the order of `column`, then `id`, with the placeholders that `readCursor` fills.
 * `keyOf` turns a value as the cursor carries it into one of `column`.
 */
export function afterCursor(column: SQL, id: SQL, descending: boolean, keyOf: (value: SQL) => SQL): SQL {
  const operator = descending ? sql`<` : sql`>`;
  const value = keyOf(sql`${sql.placeholder("cursorValue")}`);
  return sql`(${column}, ${id}) ${operator} (${value}, ${sql.placeholder("cursorId")}::uuid)`;
}

/** What a cursor holds. Throws `invalid` on the field `cursor` when it wasn't made for the order `sort`. */
export function readCursor(cursor: string, sort: string, isKey: (value: string) => boolean) {
  const { value, id } = decode(cursor, sort);
  if (!isKey(value)) throw foreignCursor();
  return { cursorValue: value, cursorId: id };
}

/** Whether a cursor's value is a moment, as `toISOString` writes those since 1970 that have a year of four digits. */
export function isMoment(value: string): boolean {
  const time = Date.parse(value);
  return time >= 0 && time <= LAST_MOMENT && new Date(time).toISOString() === value;
}

function encode({ sort, value, id }: Place): string {
  return Buffer.from(JSON.stringify([sort, value, id])).toString("base64url");
}

function decode(cursor: string, sort: string): Place {
  try {
    const [madeFor, value, id] = place.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    if (madeFor === sort && !value.includes("\0")) return { sort, value, id };
  } catch { /* told below, like any other cursor that isn't ours */ }
  throw foreignCursor();
}

function foreignCursor() {
  return invalid({ cursor: "This cursor was not given out for this list and order." });
}
