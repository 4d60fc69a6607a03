import { count, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { sequenceEmails, sequenceRuns } from "../../db/tenant/schema/sequences.ts";

/** How far contacts are in a sequence. `active` and the endings add up to `started`. */
export type SequenceStats = {
  started: number;
  active: number;
  finished: number;
  goal: number;
  unsubscribed: number;
  deleted: number;
};

/** What became of a step's emails. */
export type StepStats = { sent: number; clicked: number; bounced: number; skipped: number; failed: number };

/** How many contacts of these sequences are in progress or ended, by ending. */
export function countRuns(tx: TenantTx, ids: string[]) {
  const r = sequenceRuns;
  return tx.select({ id: r.sequenceId, ending: r.ending, count: count() }).from(r)
    .where(inArray(r.sequenceId, ids)).groupBy(r.sequenceId, r.ending);
}

/** A sequence's figures among those that `countRuns` read. */
export function statsOf(rows: Awaited<ReturnType<typeof countRuns>>, id: string): SequenceStats {
  const own = rows.filter((row) => row.id === id);
  const of = (ending: string | null) => own.find((row) => row.ending === ending)?.count ?? 0;
  return {
    started: own.reduce((sum, row) => sum + row.count, 0),
    active: of(null),
    finished: of("finished"),
    goal: of("goal"),
    unsubscribed: of("unsubscribed"),
    deleted: of("deleted"),
  };
}

/** What became of the emails of a sequence, by step. */
export function countEmails(tx: TenantTx, sequenceId: string) {
  const e = sequenceEmails;
  const having = (condition: SQL) => sql<number>`count(*) filter (where ${condition})::int`;
  return tx.select({
    stepId: e.stepId,
    sent: having(sql`${e.state} in ('sent', 'unknown')`),
    clicked: having(sql`${e.clickedAt} is not null`),
    bounced: having(sql`${e.bouncedAt} is not null`),
    skipped: having(sql`${e.state} = 'skipped'`),
    failed: having(sql`${e.state} = 'failed'`),
  }).from(e).where(eq(e.sequenceId, sequenceId)).groupBy(e.stepId);
}

/** A step's figures among those that `countEmails` read. */
export function stepStatsOf(rows: Awaited<ReturnType<typeof countEmails>>, stepId: string): StepStats {
  const { sent = 0, clicked = 0, bounced = 0, skipped = 0, failed = 0 } =
    rows.find((row) => row.stepId === stepId) ?? {};
  return { sent, clicked, bounced, skipped, failed };
}
