import { eq, sql } from "drizzle-orm";
import type { Database } from "../../db/connection/connect.ts";
import { jobWorkers, outbox } from "../../db/control/schema/outbox.ts";
import { QUEUE_NAMES, type QueueName } from "../outbox/queues.ts";
import { after, MINUTE } from "../platform/clock.ts";

/** A ready job starts within a second or two. If one waits this long, no process runs jobs. */
const LONGEST_WAIT = 2 * MINUTE;

/** How many ready jobs of each queue haven't started. */
export async function countReadyJobs({ control }: Database): Promise<Record<QueueName, number>> {
  const rows = await control.select({ queue: outbox.queue, jobs: sql<number>`count(*)::int` }).from(outbox)
    .where(eq(outbox.state, "ready")).groupBy(outbox.queue);
  const depths = Object.fromEntries(QUEUE_NAMES.map((queue) => [queue, 0])) as Record<QueueName, number>;
  for (const { queue, jobs } of rows) depths[queue as QueueName] = jobs;
  return depths;
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
