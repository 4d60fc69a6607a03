import { sql } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { locks } from "../../db/control/schema/installation.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import type { QueueName } from "../../src/outbox/queues.ts";
import { newId } from "../../src/platform/ids.ts";
import { leaseEnd } from "./lease.ts";
import { type SizeClass, sizeClassOf } from "./query_plans.ts";

/** Jobs of one queue that go to one worker together. */
export type Dispatch = { id: string; queue: QueueName; jobs: [id: string, partition: string][] };

const PROMOTED_AT_ONCE = 2_500;

/**
 * Makes due jobs ready, starting with those that were due `first` or `last`. Returns whether more may be due.
 */
export async function promoteDue(tx: ControlTx, now: Date, which: "first" | "last"): Promise<boolean> {
  const order = which === "first" ? sql`run_at` : sql`run_at desc`;
  const promoted = await tx.execute(sql`
    update ${outbox} set state = 'ready' where id in (
      select id from ${outbox} where state = 'waiting' and run_at <= ${now.toISOString()} order by ${order}
      limit ${PROMOTED_AT_ONCE} for update skip locked)
    returning 1`);
  return promoted.length === PROMOTED_AT_ONCE;
}

/**
 * Tries to become the only process that dispatches until this transaction ends. Doesn't lock if no job is ready: a row lock
 * is a write, and an idle process polls every second.
 */
export async function lockDispatching(tx: ControlTx): Promise<{ isLocked: boolean; sizeClass: SizeClass }> {
  const [row] = await tx.execute<{ got: boolean; bytes: number }>(sql`
    with lock as (select name from ${locks} where name = 'dispatch'
      and exists (select from ${outbox} where state = 'ready') for update skip locked)
    select exists (select from lock) as got, pg_relation_size('control.outbox')::float as bytes`);
  return { isLocked: row!.got, sizeClass: sizeClassOf(row!.bytes) };
}

/** Sorts before every partition. */
export const BEFORE_ALL_PARTITIONS = "00000000-0000-0000-0000-000000000000";

/** The partition of the platform's own jobs. */
export const PLATFORM_PARTITION = "ffffffff-ffff-ffff-ffff-ffffffffffff";

const PLATFORM = sql.raw(`'${PLATFORM_PARTITION}'`);

/** How many jobs are considered for each free slot, over all partitions. */
const CANDIDATES_PER_SLOT = 2;

/**
 * How many slots are free, and how many a partition gets. At most `full` partitions can have their whole share. Beyond the
 * first `shared` free slots, a partition only gets slots until it has `least`.
 */
export type Room = {
  free: number;
  shared: number;
  share: number;
  least: number;
  full: number;
  workers: number;
  after: string;
};

/**
 * Dispatches up to `free` ready jobs of a queue, from the partitions after `after`. Partitions with the fewest jobs in
 * progress come first, and a partition gets at most `share` slots. The jobs are split into one dispatch per worker.
 * The query finds one partition after another in the index, so a partition with 100,000 jobs costs no more than one with a
 * single job.
 */
export async function dispatchReady(
  tx: ControlTx,
  queue: QueueName,
  { free, shared, share, least, full, workers, after }: Room,
): Promise<Dispatch[]> {
  const dispatchIds = Array.from({ length: workers }, newId);
  const jobs = await tx.execute<{ id: string; partition: string; dispatchId: string }>(sql`
    with recursive partitions(key, position) as (
      (select partition_key, 1 from ${outbox} where state = 'ready' and queue = ${queue} and partition_key > ${after}
        order by partition_key limit 1)
      union all
      select (select o.partition_key from ${outbox} o where state = 'ready' and queue = ${queue}
        and o.partition_key > p.key order by o.partition_key limit 1), position + 1
      from partitions p where p.key is not null and position < ${free + full}),
    in_progress as (
      select partition_key as key, count(*)::int as jobs from ${outbox}
      where state in ('dispatched', 'running') and queue = ${queue} group by partition_key),
    allowed as (
      select p.key, coalesce(i.jobs, 0) as jobs,
        case when p.key = ${PLATFORM} then ${free}
          else ${share} - coalesce(i.jobs, 0) end as slots,
        ceil(${free * CANDIDATES_PER_SLOT}::float / count(*) over ())::int as most
      from partitions p left join in_progress i on i.key = p.key where p.key is not null),
    candidates as (
      select c.id, a.jobs + row_number() over (partition by a.key order by c.priority, c.run_at, c.id) as turn
      from allowed a cross join lateral (
        select id, priority, run_at from ${outbox} where state = 'ready' and queue = ${queue}
          and partition_key = a.key
        order by priority, run_at, id limit greatest(least(a.slots, a.most), 0)) c),
    chosen as (select id, turn, (row_number() over (order by turn))::int as position from candidates order by turn limit ${free})
    update ${outbox} o set state = 'dispatched', lease_until = ${leaseEnd()},
      dispatch_id = (${JSON.stringify(dispatchIds)}::jsonb ->> (position % ${workers}))::uuid
    from chosen where o.id = chosen.id and o.state = 'ready'
      and (position <= ${shared} or turn <= ${least} or o.partition_key = ${PLATFORM})
    returning o.id, o.partition_key as partition, o.dispatch_id as "dispatchId"`);
  const byDispatch = Map.groupBy(jobs, ({ dispatchId }) => dispatchId);
  return [...byDispatch].map(([id, its]) => ({ id, queue, jobs: its.map((job) => [job.id, job.partition]) }));
}
