/** How Postgres is made to go by the outbox's indexes, however the outbox grows. */
import { type SQL, sql } from "drizzle-orm";
import { type Database, JOBS_HOLDER } from "../../db/connection/connect.ts";
import { runFlight, runTransaction } from "../../db/connection/transaction.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";

/**
 * Postgres plans a prepared statement by the table as it is then, and keeps the plan: one made for an outbox of ten jobs
 * reads all of it, each time, when there are 100,000 a moment later. So most of its statements are planned each time, and go
 * by indexes, one entry after the other: only so are entries of jobs that have moved on passed over the next time.
 */
const PLANNING =
  "set local plan_cache_mode = force_custom_plan; set local enable_seqscan = off; set local enable_bitmapscan = off";

/**
 * Of what order the outbox's size is. `begin` and `end`, which are sent too often to be planned each time, have a statement
 * for each order, and with it a plan.
 */
export type SizeOrder = number;

/** Runs `work` in one transaction, whose statements are planned each time. */
export function withLedger<T>(db: Database, work: (tx: ControlTx) => Promise<T>): Promise<T> {
  return runTransaction(borrow(db), setup(db), (tx) => work(tx as ControlTx));
}

/** Runs one statement, in a transaction and a flight of its own. */
export async function send<Row extends Record<string, unknown>>(
  db: Database,
  statement: SQL,
): Promise<Row[]> {
  const [rows] = await runFlight(borrow(db), setup(db), (tx) => [tx.execute(statement)]);
  return rows as unknown as Row[];
}

/** Runs one statement in a flight of its own, by a plan that is kept: `planOf` says for which size of the outbox. */
export async function sendPlanned<Row extends Record<string, unknown>>(
  db: Database,
  statement: SQL,
): Promise<Row[]> {
  const [rows] = await runFlight(borrow(db), db.begin, (tx) => [tx.execute(statement)]);
  return rows as unknown as Row[];
}

export function sizeOrderOf(bytes: number): SizeOrder {
  return Math.round(Math.log2(bytes + 1) / 2);
}

/** Goes at the end of a statement. */
export function planOf(order: SizeOrder): SQL {
  return sql.raw(`/* for an outbox of order ${order} */`);
}

function borrow({ batch }: Database) {
  return { pool: batch.controlPool, holder: JOBS_HOLDER };
}

function setup({ begin }: Database): string {
  return `${begin}; ${PLANNING}`;
}
