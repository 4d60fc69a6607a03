import { sql } from "drizzle-orm";

/** How long a job stays with a worker that no longer reports. */
export const LEASE_SECONDS = 15;

/** The end of a lease that starts now, by the database's clock. */
export function leaseEnd() {
  return sql`now() + ${LEASE_SECONDS} * interval '1 second'`;
}
