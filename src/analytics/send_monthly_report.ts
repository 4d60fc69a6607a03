import type { SystemContext, TenantContext } from "../context.ts";
import { TryLater } from "../jobs/job_outcomes.ts";
import { QUEUES } from "../jobs/queues.ts";
import { MINUTE } from "../platform/clock.ts";
import { mailOwners } from "../tenancy/owners.ts";
import { findLastCollected } from "./monthly_report.ts";

const PAUSE = 15 * MINUTE;
const LAST_ATTEMPT = QUEUES.analytics.attempts;

/**
 * Has a month's report (`2026-10`) mailed to the tenant's owners, once each. One that began later has none, nor has one of
 * which nothing was collected. Until its last day is collected, throws `TryLater`, but not at the last attempt: of a
 * tenant that was suspended on that day, it never is.
 */
export async function sendMonthlyReport(
  system: SystemContext,
  ctx: TenantContext,
  month: string,
  { attempt }: { attempt: number },
): Promise<void> {
  const { tenant } = ctx;
  if (tenant.createdAt.toISOString().slice(0, 7) > month) return;
  const collected = await findLastCollected(ctx, month);
  if (!collected?.isLastOfMonth && attempt < LAST_ATTEMPT) {
    throw new TryLater("The month's last day is not collected yet.", PAUSE);
  }
  if (!collected) return;
  const key = `monthly report ${month}`;
  await system.tx((tx) => mailOwners(system, tx, tenant.id, { message: "monthly_report", month }, { key }));
}
