import { sql } from "drizzle-orm";
import type { Database } from "../../db/connection/connect.ts";
import { jobWorkers, outbox } from "../../db/control/schema/outbox.ts";
import { QUEUE_NAMES, type QueueName } from "../outbox/queues.ts";
import { after, MINUTE } from "../platform/clock.ts";

/** A ready job starts within a second or two. If one waits this long, no process runs jobs. */
const LONGEST_WAIT = 2 * MINUTE;

/** Jobs that haven't started although they are due, the age of the oldest, and jobs that failed permanently. */
export type QueueState = { ready: number; oldestSeconds: number; failed: number };

/** The state of each queue. */
export async function readQueues({ control }: Database, now: Date): Promise<Map<QueueName, QueueState>> {
  const rows = await control.execute<QueueState & { queue: QueueName }>(sql`
    select queue, count(*) filter (where state = 'ready')::int as ready,
      count(*) filter (where state = 'failed')::int as failed,
      greatest(0, coalesce(extract(epoch from ${now.toISOString()}::timestamptz - min(run_at) filter (where state = 'ready')), 0))::float8
        as "oldestSeconds"
    from ${outbox} where state in ('ready', 'failed') group by queue`);
  const empty = QUEUE_NAMES.map((queue) => [queue, { ready: 0, oldestSeconds: 0, failed: 0 }] as const);
  return new Map([...empty, ...rows.map(({ queue, ...state }) => [queue, state] as const)]);
}

/** Throws if jobs have been due for minutes and no process runs jobs. */
export async function checkQueue({ control }: Database, now: Date): Promise<void> {
  const limit = after(now, -LONGEST_WAIT).toISOString();
  const [row] = await control.execute<{ stuck: boolean }>(sql`
    select case when exists (select from ${jobWorkers} where seen_at > now() - interval '15 seconds') then false
      else exists (select from ${outbox} where state = 'ready' and run_at < ${limit})
        or exists (select from ${outbox} where state = 'waiting' and run_at < ${limit}) end as stuck`);
  if (row!.stuck) throw new Error("jobs have been due for minutes, and no process runs jobs");
}
