import type { SystemContext, TenantContext } from "../context.ts";
import { mailOwners } from "../tenancy/owners.ts";
import { fillCounters } from "./daily_metrics.ts";
import { hasMonthlyFigures } from "./monthly_report.ts";

/**
 * Emails a month's report (`2026-10`) to the tenant's owners, once each. Days that nobody has counted are counted first.
 * A tenant that began later gets no report, nor does one about which nothing is known in that month.
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
  await system.tx((tx) => mailOwners(system, tx, tenant.id, { message: "monthly_report", month }, { key }));
}
