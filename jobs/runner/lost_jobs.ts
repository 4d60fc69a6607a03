import { sql } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { jobMinutes, outbox } from "../../db/control/schema/outbox.ts";
import type { QueueName, QueuePolicies } from "../../src/outbox/queues.ts";

/** A job whose process was lost during its last attempt. */
export type LostJob = {
  id: string;
  queue: QueueName;
  name: string;
  tenantId: string | null;
  attempt: number;
};

/**
 * Reclaims the jobs of lost workers: they become ready, or fail permanently after their last attempt. Returns the failed
 * jobs, and adds them to the minute's statistics.
 */
export async function reclaimLostJobs(
  tx: ControlTx,
  policies: QueuePolicies,
  now: Date,
): Promise<LostJob[]> {
  const attempts = Object.fromEntries(
    Object.entries(policies).map(([queue, policy]) => [queue, policy.attempts]),
  );
  const at = now.toISOString();
  const reclaimed = await tx.execute<LostJob & { isLast: boolean }>(sql`
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
  const failed = reclaimed.filter(({ isLast }) => isLast).map(({ isLast: _, ...job }) => job);
  if (failed.length > 0) {
    await tx.execute(sql`
      insert into ${jobMinutes} as m (minute, queue, failed)
      select date_trunc('minute', ${at}::timestamptz), queue, count(*)
      from jsonb_to_recordset(${JSON.stringify(failed)}::jsonb) as f(queue text) group by queue
      on conflict (minute, queue) do update set failed = m.failed + excluded.failed`);
  }
  return failed;
}
