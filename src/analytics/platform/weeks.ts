import { type SQL, sql } from "drizzle-orm";

export const WEEKS = 12;

/** Selects the `start` of the last twelve weeks, which start on Monday (UTC), the current one included. */
export function weeksUntilNow(now: Date): SQL {
  return sql`
    select week at time zone 'UTC' as start from generate_series(
      date_trunc('week', ${now.toISOString()}::timestamptz at time zone 'UTC') - ${
    WEEKS - 1
  } * interval '1 week',
      date_trunc('week', ${now.toISOString()}::timestamptz at time zone 'UTC'), interval '1 week') as week`;
}
