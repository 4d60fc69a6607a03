/** The states of jobs in `control.outbox`, and every way from one to another. Leases run by the database's clock. */
import { sql } from "drizzle-orm";
import type { Database } from "../../db/connection/connect.ts";
import { locks } from "../../db/control/schema/installation.ts";
import { jobMinutes, jobWorkers, outbox } from "../../db/control/schema/outbox.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import type { QueueName, QueuePolicies } from "../../src/outbox/queues.ts";
import { newId } from "../../src/platform/ids.ts";
import { planOf, send, sendPlanned, type SizeOrder, sizeOrderOf } from "./query_plans.ts";

/** How long a job is left to a worker that is not heard of. */
export const LEASE_SECONDS = 15;

const PROMOTED_AT_ONCE = 2_500;

const MAX_ERROR_LENGTH = 2_000;

/** A job as a worker gets it, to be run. */
export type BegunJob = {
  id: string;
  queue: QueueName;
  name: string;
  payload: unknown;
  tenantId: string | null;
  /** The number of this attempt, from 1. */
  attempt: number;
};

/** Jobs of one queue that are handed over together; each as its id and its line. */
export type Hand = { id: string; queue: QueueName; jobs: [id: string, line: string][] };

/** How an attempt ended. `runAt`: when the job is to be tried again. `counts`: whether it was an attempt at all. */
export type JobEnd = {
  id: string;
  attempt: number;
  state: "done" | "failed" | "waiting" | "held";
  runAt: Date | null;
  error: string | null;
  counts: boolean;
};

/**
 * Makes ready what has waited long enough: the `first` that became due, or the `last`. Returns whether there may be more.
 */
export async function promote(tx: ControlTx, now: Date, which: "first" | "last"): Promise<boolean> {
  const order = which === "first" ? sql`run_at` : sql`run_at desc`;
  const promoted = await tx.execute(sql`
    update ${outbox} set state = 'ready' where id in (
      select id from ${outbox} where state = 'waiting' and run_at <= ${now.toISOString()} order by ${order}
      limit ${PROMOTED_AT_ONCE} for update skip locked)
    returning 1`);
  return promoted.length === PROMOTED_AT_ONCE;
}

/** A job whose process was lost at its last attempt. */
export type LostJob = {
  id: string;
  queue: QueueName;
  name: string;
  tenantId: string | null;
  attempt: number;
};

/**
 * Takes jobs back from workers that are gone: to be begun anew, or failed where that happened too often. Returns those that
 * failed, which are added to the minute's figures.
 */
export async function takeBackLost(tx: ControlTx, policies: QueuePolicies, now: Date): Promise<LostJob[]> {
  const attempts = Object.fromEntries(
    Object.entries(policies).map(([queue, policy]) => [queue, policy.attempts]),
  );
  const at = now.toISOString();
  const taken = await tx.execute<LostJob & { isLast: boolean }>(sql`
    with most as (select ${JSON.stringify(attempts)}::jsonb as attempts),
    lost as (
      select id, o.attempts >= (most.attempts ->> queue)::int as is_last from ${outbox} o, most
      where state in ('dispatched', 'running') and lease_until < now() and most.attempts ? queue
      for update of o skip locked)
    update ${outbox} o set dispatch_id = null, lease_until = null,
      state = case when is_last then 'failed' else 'ready' end,
      ended_at = case when is_last then ${at}::timestamptz end,
      error = case when o.state = 'running' then 'The process that ran it was lost.' else error end
    from lost where o.id = lost.id
    returning o.id, o.queue, o.name, o.tenant_id as "tenantId", o.attempts as attempt, is_last as "isLast"`);
  const failed = taken.filter(({ isLast }) => isLast).map(({ isLast: _, ...job }) => job);
  if (failed.length > 0) {
    await tx.execute(sql`
      insert into ${jobMinutes} as m (minute, queue, failed)
      select date_trunc('minute', ${at}::timestamptz), queue, count(*)
      from jsonb_to_recordset(${JSON.stringify(failed)}::jsonb) as f(queue text) group by queue
      on conflict (minute, queue) do update set failed = m.failed + excluded.failed`);
  }
  return failed;
}

/**
 * `isAlone`: no other process dispatches until the end of this transaction. Locks only where a job is ready: a lock on a row
 * is a write, and an idle process looks every second.
 */
export async function lockDispatch(tx: ControlTx): Promise<{ isAlone: boolean; sizeOrder: SizeOrder }> {
  const [row] = await tx.execute<{ got: boolean; bytes: number }>(sql`
    with lock as (select name from ${locks} where name = 'dispatch'
      and exists (select from ${outbox} where state = 'ready') for update skip locked)
    select exists (select from lock) as got, pg_relation_size('control.outbox')::float as bytes`);
  return { isAlone: row!.got, sizeOrder: sizeOrderOf(row!.bytes) };
}

/** How many jobs of each queue are handed over or running. */
export async function countUnderWay(tx: ControlTx): Promise<Partial<Record<QueueName, number>>> {
  const rows = await tx.execute<{ queue: QueueName; jobs: number }>(sql`
    select queue, count(*)::int as jobs from ${outbox} where state in ('dispatched', 'running') group by queue`);
  return Object.fromEntries(rows.map(({ queue, jobs }) => [queue, jobs]));
}

/** Finds one queue after the other in the index, however many jobs each has. */
const READY_QUEUES = sql`
  with recursive queues as (
    (select queue from ${outbox} where state = 'ready' order by queue limit 1)
    union all
    select (select o.queue from ${outbox} o where state = 'ready' and o.queue > q.queue order by o.queue limit 1)
    from queues q where q.queue is not null)
  select queue from queues where queue is not null`;

/** Those of the queues in which jobs are ready. */
export async function findReadyQueues(tx: ControlTx, policies: QueuePolicies): Promise<QueueName[]> {
  const rows = await tx.execute<{ queue: QueueName }>(READY_QUEUES);
  return rows.map(({ queue }) => queue).filter((queue) => Object.hasOwn(policies, queue));
}

/** The line before all others. */
export const FIRST_LINE = "00000000-0000-0000-0000-000000000000";

/** Of the lines that are looked at, so many may have all they are allowed already: a tenant may have half. */
const LINES_THAT_MAY_BE_FULL = 2;

/** So many jobs are looked at for each that can be handed over, of all lines together. */
const CANDIDATES_A_PLACE = 2;

/**
 * Marks up to `free` ready jobs of a queue as handed over, from lines that come after the line `after`: those with least
 * under way first. A tenant's line gets `share` of the places at most. The lines are found one after the other in the
 * index, so that one with 100,000 jobs costs no more than one with a single job. They are dealt out to as many hands as
 * there are `workers`, so that each can take some.
 */
export async function hand(
  tx: ControlTx,
  queue: QueueName,
  { free, share, workers, after }: { free: number; share: number; workers: number; after: string },
): Promise<Hand[]> {
  const handIds = Array.from({ length: workers }, newId);
  const jobs = await tx.execute<{ id: string; line: string; handId: string }>(sql`
    with recursive lines(line, place) as (
      (select partition_key, 1 from ${outbox} where state = 'ready' and queue = ${queue} and partition_key > ${after}
        order by partition_key limit 1)
      union all
      select (select o.partition_key from ${outbox} o where state = 'ready' and queue = ${queue}
        and o.partition_key > l.line order by o.partition_key limit 1), place + 1
      from lines l where l.line is not null and place < ${free + LINES_THAT_MAY_BE_FULL}),
    under_way as (
      select partition_key as line, count(*)::int as jobs from ${outbox}
      where state in ('dispatched', 'running') and queue = ${queue} group by partition_key),
    allowed as (
      select l.line, coalesce(u.jobs, 0) as jobs,
        case when l.line = 'ffffffff-ffff-ffff-ffff-ffffffffffff' then ${free}
          else ${share} - coalesce(u.jobs, 0) end as places,
        ceil(${free * CANDIDATES_A_PLACE}::float / count(*) over ())::int as most
      from lines l left join under_way u on u.line = l.line where l.line is not null),
    candidates as (
      select c.id, a.jobs + row_number() over (partition by a.line order by c.priority, c.run_at, c.id) as turn
      from allowed a cross join lateral (
        select id, priority, run_at from ${outbox} where state = 'ready' and queue = ${queue}
          and partition_key = a.line
        order by priority, run_at, id limit greatest(least(a.places, a.most), 0)) c),
    chosen as (select id, (row_number() over (order by turn))::int as place from candidates order by turn limit ${free})
    update ${outbox} o set state = 'dispatched', lease_until = ${leaseEnd()},
      dispatch_id = (${JSON.stringify(handIds)}::jsonb ->> (place % ${workers}))::uuid
    from chosen where o.id = chosen.id and o.state = 'ready' returning o.id, o.partition_key as line,
      o.dispatch_id as "handId"`);
  const byHand = Map.groupBy(jobs, ({ handId }) => handId);
  return [...byHand].map(([id, its]) => ({ id, queue, jobs: its.map((job) => [job.id, job.line]) }));
}

/** Begins those of the jobs that are still the hand's: they may have been taken back or cancelled meanwhile. */
export async function begin(
  db: Database,
  jobs: { id: string; handId: string }[],
  now: Date,
  sizeOrder: SizeOrder,
): Promise<BegunJob[]> {
  type Row = Omit<BegunJob, "tenantId" | "attempt"> & { tenant_id: string | null; attempts: number };
  const rows = await sendPlanned<Row>(
    db,
    sql`
    update ${outbox} o set state = 'running', attempts = attempts + 1, started_at = ${now.toISOString()},
      lease_until = ${leaseEnd()}
    from jsonb_to_recordset(${JSON.stringify(jobs)}::jsonb) as j(id uuid, "handId" uuid)
    where o.id = j.id and o.dispatch_id = j."handId" and o.state = 'dispatched'
    returning o.id, o.queue, o.name, o.payload, o.tenant_id, o.attempts ${planOf(sizeOrder)}`,
  );
  return rows.map(({ tenant_id, attempts, ...job }) => ({ ...job, tenantId: tenant_id, attempt: attempts }));
}

/** Keeps jobs from being taken back for another while. Those that are being begun or ended at that moment need no more. */
export async function renew(db: Database, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await send(
    db,
    sql`
    update ${outbox} set lease_until = ${leaseEnd()} where id in (
      select id from ${outbox} where state in ('dispatched', 'running')
        and id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))
      for update skip locked)`,
  );
}

/** Gives jobs back that were handed over and not begun. */
export async function giveBack(db: Database, jobs: { id: string; handId: string }[]): Promise<void> {
  if (jobs.length === 0) return;
  await send(
    db,
    sql`
    update ${outbox} o set state = 'ready', dispatch_id = null, lease_until = null
    from jsonb_to_recordset(${JSON.stringify(jobs)}::jsonb) as j(id uuid, "handId" uuid)
    where o.id = j.id and o.dispatch_id = j."handId" and o.state = 'dispatched'`,
  );
}

/**
 * Writes down how attempts ended, and adds them to the minute's figures. What was taken back meanwhile and begun anew, as
 * its next attempt, stays as it is. A job is held only if its tenant is still suspended: the process that ran it may not have known.
 */
export async function end(
  db: Database,
  ends: JobEnd[],
  now: Date,
  sizeOrder: SizeOrder,
): Promise<void> {
  const at = now.toISOString();
  const isResumed = sql`(e.state = 'held' and not exists (
    select from ${tenants} t where t.id = o.tenant_id and t.status = 'suspended'))`;
  const rows = ends.map((ended) => ({ ...ended, error: ended.error && storable(ended.error) }));
  await sendPlanned(
    db,
    sql`
    with ended as (
      update ${outbox} o set run_at = coalesce(e."runAt", o.run_at), error = e.error,
        dispatch_id = null, lease_until = null,
        attempts = case when e.counts then attempts else attempts - 1 end,
        state = case when ${isResumed} then 'ready' else e.state end,
        ended_at = case when e.state <> 'waiting' and not ${isResumed} then ${at}::timestamptz end
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as
        e(id uuid, attempt int, state text, "runAt" timestamptz, error text, counts boolean)
      where o.id = e.id and o.state in ('running', 'ready', 'dispatched') and o.attempts = e.attempt
      returning o.queue, o.state, e.counts)
    insert into ${jobMinutes} as m (minute, queue, done, retried, failed)
    select date_trunc('minute', ${at}::timestamptz), queue, count(*) filter (where state = 'done'),
      count(*) filter (where state = 'waiting'), count(*) filter (where state = 'failed')
    from ended where counts group by queue
    on conflict (minute, queue) do update set done = m.done + excluded.done, retried = m.retried + excluded.retried,
      failed = m.failed + excluded.failed ${planOf(sizeOrder)}`,
  );
}

/** Whether a job of these queues is ready or under way, or any is due. */
export async function isBusy(db: Database, policies: QueuePolicies, now: Date): Promise<boolean> {
  const isKnown = sql`queue in ${Object.keys(policies)}`;
  const [row] = await send<{ busy: boolean }>(
    db,
    sql`select
    exists (select from ${outbox} where state = 'waiting' and run_at <= ${now.toISOString()}) or
    exists (select from (${READY_QUEUES}) ready where ${isKnown}) or
    exists (select from ${outbox} where state in ('dispatched', 'running') and ${isKnown}) as busy`,
  );
  return row!.busy;
}

/** Says that a worker is alive, and forgets those that are not. Returns how many there are. */
export async function reportWorker(
  db: Database,
  worker: { id: string; engine: "kv" | "postgres" },
): Promise<number> {
  const [row] = await sendPlanned<{ workers: number }>(
    db,
    sql`
    with gone as (delete from ${jobWorkers} where seen_at < now() - ${LEASE_SECONDS} * interval '1 second' and id <> ${worker.id}),
    me as (insert into ${jobWorkers} (id, engine, seen_at) values (${worker.id}, ${worker.engine}, now())
      on conflict (id) do update set seen_at = now())
    select count(*)::int + 1 as workers from ${jobWorkers}
    where id <> ${worker.id} and seen_at >= now() - ${LEASE_SECONDS} * interval '1 second'`,
  );
  return row!.workers;
}

export async function removeWorker(db: Database, id: string): Promise<void> {
  await sendPlanned(db, sql`delete from ${jobWorkers} where id = ${id}`);
}

/** Postgres takes neither NUL nor half a character; a text that is cut may end with one. */
function storable(text: string): string {
  return text.slice(0, MAX_ERROR_LENGTH).toWellFormed().replaceAll("\0", "");
}

function leaseEnd() {
  return sql`now() + ${LEASE_SECONDS} * interval '1 second'`;
}
