import { sql } from "drizzle-orm";
import type { Database } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import type { QueueName, QueuePolicies } from "../../src/outbox/queues.ts";
import { executeWithCustomPlan } from "./query_plans.ts";

/** Finds one queue after another in the index, however many jobs each has. */
const READY_QUEUES = sql`
  with recursive queues as (
    (select queue from ${outbox} where state = 'ready' order by queue limit 1)
    union all
    select (select o.queue from ${outbox} o where state = 'ready' and o.queue > q.queue order by o.queue limit 1)
    from queues q where q.queue is not null)
  select queue from queues where queue is not null`;

/** The queues with ready jobs that this version knows. */
export async function findReadyQueues(tx: ControlTx, policies: QueuePolicies): Promise<QueueName[]> {
  const rows = await tx.execute<{ queue: QueueName }>(READY_QUEUES);
  return rows.map(({ queue }) => queue).filter((queue) => Object.hasOwn(policies, queue));
}

/** How many jobs of each queue are dispatched or running. */
export async function countInProgress(tx: ControlTx): Promise<Partial<Record<QueueName, number>>> {
  const rows = await tx.execute<{ queue: QueueName; jobs: number }>(sql`
    select queue, count(*)::int as jobs from ${outbox} where state in ('dispatched', 'running') group by queue`);
  return Object.fromEntries(rows.map(({ queue, jobs }) => [queue, jobs]));
}

/** Whether any job is due, or one of these queues has a job that is ready or in progress. */
export async function isBusy(db: Database, policies: QueuePolicies, now: Date): Promise<boolean> {
  const isKnown = sql`queue in ${Object.keys(policies)}`;
  const [row] = await executeWithCustomPlan<{ busy: boolean }>(
    db,
    sql`select
    exists (select from ${outbox} where state = 'waiting' and run_at <= ${now.toISOString()}) or
    exists (select from (${READY_QUEUES}) ready where ${isKnown}) or
    exists (select from ${outbox} where state in ('dispatched', 'running') and ${isKnown}) as busy`,
  );
  return row!.busy;
}
