import { type SQL, sql, type SQLWrapper } from "drizzle-orm";

/**
 * Text in the order in which people look for names, in any language: Ä beside A, capitals beside small letters. The
 * database's own order is that of code points.
 */
export function inNameOrder(text: SQLWrapper): SQL {
  return sql`${text} collate "und-x-icu"`;
}
