import { type SQL, sql, type SQLWrapper } from "drizzle-orm";

/**
 * Sorts text alphabetically in any language: Ä next to A, and uppercase next to lowercase. The database's default order is by code
 * point.
 */
export function inNameOrder(text: SQLWrapper): SQL {
  return sql`${text} collate "und-x-icu"`;
}
