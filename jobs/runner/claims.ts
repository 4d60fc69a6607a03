/** What a worker does with dispatched jobs. Leases run by the database's clock. */
import { sql } from "drizzle-orm";
import type { Database } from "../../db/connection/connect.ts";
import { jobMinutes, outbox } from "../../db/control/schema/outbox.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { QueueName } from "../../src/outbox/queues.ts";
import { leaseEnd } from "./lease.ts";
import { executeWithCachedPlan, executeWithCustomPlan, planKey, type SizeClass } from "./query_plans.ts";

const MAX_ERROR_LENGTH = 2_000;

/** A job that was dispatched to a worker. */
export type DispatchedJob = { id: string; dispatchId: string };

/** A job that a worker has claimed and can run. */
export type ClaimedJob = {
  id: string;
  queue: QueueName;
  name: string;
  payload: unknown;
  tenantId: string | null;
  /** The number of this attempt, from 1. */
  attempt: number;
};

/** How an attempt ended. */
export type JobResult = {
  id: string;
  attempt: number;
  state: "done" | "failed" | "waiting" | "held";
  /** When to retry a `waiting` job. */
  runAt: Date | null;
  error: string | null;
  /** Whether it counts as an attempt. */
  counts: boolean;
};

/** Claims the jobs that still belong to their dispatch: others were reclaimed or canceled in the meantime. */
export async function claim(
  db: Database,
  jobs: DispatchedJob[],
  now: Date,
  sizeClass: SizeClass,
): Promise<ClaimedJob[]> {
  type Row = Omit<ClaimedJob, "tenantId" | "attempt"> & { tenant_id: string | null; attempts: number };
  const rows = await executeWithCachedPlan<Row>(
    db,
    sql`
    update ${outbox} o set state = 'running', attempts = attempts + 1, started_at = ${now.toISOString()},
      lease_until = ${leaseEnd()}
    from jsonb_to_recordset(${JSON.stringify(jobs)}::jsonb) as j(id uuid, "dispatchId" uuid)
    where o.id = j.id and o.dispatch_id = j."dispatchId" and o.state = 'dispatched'
    returning o.id, o.queue, o.name, o.payload, o.tenant_id, o.attempts ${planKey(sizeClass)}`,
  );
  return rows.map(({ tenant_id, attempts, ...job }) => ({ ...job, tenantId: tenant_id, attempt: attempts }));
}

/** Renews the leases of jobs. Skips jobs that are being claimed or ended right now. */
export async function renewLeases(db: Database, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await executeWithCustomPlan(
    db,
    sql`
    update ${outbox} set lease_until = ${leaseEnd()} where id in (
      select id from ${outbox} where state in ('dispatched', 'running')
        and id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))
      for update skip locked)`,
  );
}

/** Makes dispatched jobs ready again that haven't started. */
export async function release(db: Database, jobs: DispatchedJob[]): Promise<void> {
  if (jobs.length === 0) return;
  await executeWithCustomPlan(
    db,
    sql`
    update ${outbox} o set state = 'ready', dispatch_id = null, lease_until = null
    from jsonb_to_recordset(${JSON.stringify(jobs)}::jsonb) as j(id uuid, "dispatchId" uuid)
    where o.id = j.id and o.dispatch_id = j."dispatchId" and o.state = 'dispatched'`,
  );
}

/**
 * Records how attempts ended, and adds them to the minute's statistics. Ignores a job that was reclaimed and started again in
 * the meantime. Holds a job only if its tenant is still suspended: its worker may have missed that the tenant was resumed.
 */
export async function recordResults(
  db: Database,
  results: JobResult[],
  now: Date,
  sizeClass: SizeClass,
): Promise<void> {
  const at = now.toISOString();
  const isResumed = sql`(r.state = 'held' and not exists (
    select from ${tenants} t where t.id = o.tenant_id and t.status = 'suspended'))`;
  const rows = results.map((result) => ({ ...result, error: result.error && storable(result.error) }));
  await executeWithCachedPlan(
    db,
    sql`
    with ended as (
      update ${outbox} o set run_at = coalesce(r."runAt", o.run_at), error = r.error,
        dispatch_id = null, lease_until = null,
        attempts = case when r.counts then attempts else attempts - 1 end,
        state = case when ${isResumed} then 'ready' else r.state end,
        ended_at = case when r.state <> 'waiting' and not ${isResumed} then ${at}::timestamptz end
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as
        r(id uuid, attempt int, state text, "runAt" timestamptz, error text, counts boolean)
      where o.id = r.id and o.state in ('running', 'ready', 'dispatched') and o.attempts = r.attempt
      returning o.queue, o.state, r.counts)
    insert into ${jobMinutes} as m (minute, queue, done, retried, failed)
    select date_trunc('minute', ${at}::timestamptz), queue, count(*) filter (where state = 'done'),
      count(*) filter (where state = 'waiting'), count(*) filter (where state = 'failed')
    from ended where counts group by queue
    on conflict (minute, queue) do update set done = m.done + excluded.done, retried = m.retried + excluded.retried,
      failed = m.failed + excluded.failed ${planKey(sizeClass)}`,
  );
}

/** Postgres stores neither NUL nor half a surrogate pair, which a shortened text may end with. */
function storable(text: string): string {
  return text.slice(0, MAX_ERROR_LENGTH).toWellFormed().replaceAll("\0", "");
}
