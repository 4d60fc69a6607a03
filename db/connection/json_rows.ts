import { type SQL, sql, type Subquery } from "drizzle-orm";

/**
 * A query's rows as one value of another query, so that both travel in one statement: in a flight, a statement costs more than
 * reading a few rows. `read` gets each row as in JSON, by the names of its columns; times are strings.
 */
export function jsonRows<JsonRow, Row>(
  query: { as(alias: string): Subquery },
  read: (row: JsonRow) => Row,
): SQL<Row[]> {
  return sql`(select coalesce(json_agg(listed), '[]') from ${query.as("listed")})`
    .mapWith((rows: JsonRow[]) => rows.map(read));
}
