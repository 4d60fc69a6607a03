/** Makes Postgres use the outbox's indexes, however large the outbox grows. */
import { type SQL, sql } from "drizzle-orm";
import { type Database, JOBS_HOLDER } from "../../db/connection/connect.ts";
import { runFlight, runTransaction } from "../../db/connection/transaction.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";

/**
 * Postgres plans a prepared statement for the table as it is at that time, and caches the plan. A plan made for an outbox of
 * ten jobs reads the whole table every time when it has 100,000. So most statements get a custom plan, and scan indexes
 * entry by entry: only these scans mark entries of jobs that have moved on, so that the next scan skips them.
 */
const PLANNING =
  "set local plan_cache_mode = force_custom_plan; set local enable_seqscan = off; set local enable_bitmapscan = off";

/**
 * The outbox's size, on a logarithmic scale. The statements that claim jobs and record results run too often to be planned
 * each time. They exist once per size class, each with its own cached plan.
 */
export type SizeClass = number;

export function sizeClassOf(bytes: number): SizeClass {
  return Math.round(Math.log2(bytes + 1) / 2);
}

/** Gives a statement a cached plan of its own for this size class. Goes at the end of the statement. */
export function planKey(sizeClass: SizeClass): SQL {
  return sql.raw(`/* outbox size class ${sizeClass} */`);
}

/** Runs `work` in one transaction with custom plans. */
export function withCustomPlans<T>(db: Database, work: (tx: ControlTx) => Promise<T>): Promise<T> {
  return runTransaction(lender(db), withPlanning(db), (tx) => work(tx as ControlTx));
}

/** Runs one statement with a custom plan, in its own transaction and a single round trip. */
export async function executeWithCustomPlan<Row extends Record<string, unknown>>(
  db: Database,
  statement: SQL,
): Promise<Row[]> {
  const [rows] = await runFlight(lender(db), withPlanning(db), (tx) => [tx.execute(statement)]);
  return rows as unknown as Row[];
}

/** Runs one statement with a cached plan, in its own transaction and a single round trip. */
export async function executeWithCachedPlan<Row extends Record<string, unknown>>(
  db: Database,
  statement: SQL,
): Promise<Row[]> {
  const [rows] = await runFlight(lender(db), db.begin, (tx) => [tx.execute(statement)]);
  return rows as unknown as Row[];
}

function lender({ batch }: Database) {
  return { pool: batch.controlPool, holder: JOBS_HOLDER };
}

function withPlanning({ begin }: Database): string {
  return `${begin}; ${PLANNING}`;
}
