import { type Column, type Placeholder, type SQL, sql } from "drizzle-orm";
import { PgTimestamp } from "drizzle-orm/pg-core";
import { isId } from "./ids.ts";
import { inNameOrder } from "./name_order.ts";

const MILLISECONDS = 3;
const LAST_MOMENT = Date.parse("9999-12-31T23:59:59.999Z");

/** A key by which a list can be sorted. */
export type SortKey = {
  column: SQL;
  /** Converts a key from a cursor to a value of the column. */
  toColumn(key: Placeholder): SQL;
  isKey(key: string): boolean;
};

/** Sorts by time. A cursor contains milliseconds, so the column must not be more precise. */
export function momentKey(column: Column): SortKey {
  if (!(column instanceof PgTimestamp) || column.precision !== MILLISECONDS) {
    throw new Error(`Declare ${column.name} with precision 3: a cursor contains milliseconds.`);
  }
  return { column: sql`${column}`, toColumn: (key) => sql`${key}::timestamptz`, isKey: isMoment };
}

/** Sorts names alphabetically, in any language. */
export function nameKey(column: Column): SortKey {
  return {
    column: inNameOrder(column),
    toColumn: (key) => sql`${key}::text`,
    isKey: (key) => !key.includes("\0"),
  };
}

/** Sorts by id, which is the order of creation. */
export function idKey(column: Column): SortKey {
  return { column: sql`${column}`, toColumn: (key) => sql`${key}::uuid`, isKey: isId };
}

/** Whether a key is a time as `toISOString` writes it, from 1970 to the year 9999. */
function isMoment(key: string): boolean {
  const time = Date.parse(key);
  return time >= 0 && time <= LAST_MOMENT && new Date(time).toISOString() === key;
}
