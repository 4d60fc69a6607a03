import type { UserId } from "../access/actor.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { emailOwners } from "../tenancy/owners.ts";
import { fillCounters } from "./daily_metrics.ts";
import { MONTHLY_REPORT } from "./emails.ts";
import { hasMonthlyFigures } from "./monthly_report.ts";

/**
 * Emails a month's report (`2026-10`) to the tenant's owners, once each. Counts the days first that weren't counted yet.
 * A tenant that was created later, or has no figures for the month, gets no report.
 */
export async function sendMonthlyReport(
  system: SystemContext,
  ctx: TenantContext,
  month: string,
): Promise<void> {
  const { tenant } = ctx;
  if (tenant.createdAt.toISOString().slice(0, 7) > month) return;
  await fillCounters(ctx, month);
  if (!await hasMonthlyFigures(ctx, month)) return;
  const key = `monthly report ${month}`;
  const request = (userId: UserId) => ({ userId, month });
  await system.tx((tx) => emailOwners(system, tx, tenant.id, MONTHLY_REPORT, request, { key }));
}
