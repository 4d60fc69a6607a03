import type { SystemContext, TenantContext } from "../context.ts";
import { mailOwners } from "../tenancy/owners.ts";

/** Has a month's report (`2026-10`) mailed to the tenant's owners, once each. One that began later has none. */
export async function sendMonthlyReport(
  system: SystemContext,
  { tenant }: TenantContext,
  month: string,
): Promise<void> {
  if (tenant.createdAt.toISOString().slice(0, 7) > month) return;
  const key = `monthly report ${month}`;
  await system.tx((tx) => mailOwners(system, tx, tenant.id, { message: "monthly_report", month }, { key }));
}
