import { and, eq, gte, lt, sql } from "drizzle-orm";
import { usageHours } from "../../../db/control/schema/billing.ts";
import { countCalls, MONTHS_OF_CALLS } from "../../api_access/monthly_calls.ts";
import type { TenantContext } from "../../context.ts";
import { type Wording, wording } from "../../platform/wording.ts";
import { findAccount, timeOf } from "../accounts.ts";
import { type Period, periodStart } from "../calendar.ts";
import { allowanceOf, API_CALLS, apiCallsOf } from "../entitlements.ts";
import type { Meter } from "../meter.ts";
import { monthOf, usagePeriodAt } from "./period.ts";

const CALLS_LABEL = wording("meter.api_calls", "API calls this month");

/** What was used of a metric in a period. `limit` is null for any number, and `overage` is what is used beyond it. */
export type MetricUsage = {
  metric: string;
  label: Wording;
  total: number;
  limit: number | null;
  overage: number;
};

/**
 * The usage of each metric, and the API calls. `month` is the start of a calendar month (UTC). Without it, metrics count in the current
 * period of the subscription, and calls in the current calendar month. Checks no permission.
 */
export async function readUsage(ctx: TenantContext, month: Date | null): Promise<MetricUsage[]> {
  const account = await findAccount(ctx.system.control, ctx.tenant.id);
  const now = account ? timeOf(account, ctx.services.clock) : ctx.services.clock.now();
  const period = month ? monthOf(month) : usagePeriodAt(account, now);
  const [metrics, calls] = await Promise.all([
    readMetrics(ctx, period, now),
    readCalls(ctx, monthOf(month ?? ctx.services.clock.now())),
  ]);
  return [...metrics, ...calls];
}

async function readMetrics(
  { system, services: { meters }, tenant }: TenantContext,
  { start, end }: Period,
  now: Date,
): Promise<MetricUsage[]> {
  const rows = await system.control.select({
    metric: usageHours.metric,
    total: sql<number>`sum(${usageHours.total})::bigint`.mapWith(Number),
  }).from(usageHours)
    .where(and(eq(usageHours.tenantId, tenant.id), gte(usageHours.hour, start), lt(usageHours.hour, end)))
    .groupBy(usageHours.metric);
  const totals = new Map(rows.map(({ metric, total }) => [metric, total]));
  return meters.map((meter: Meter) => {
    const total = totals.get(meter.key) ?? 0;
    const { included: limit } = allowanceOf(tenant, meter, now);
    return {
      metric: meter.key,
      label: meter.label,
      total,
      limit,
      overage: limit === null ? 0 : Math.max(0, total - limit),
    };
  });
}

/** Empty for months whose calls are no longer kept. Calls beyond the limit are refused, so they are never overage. */
async function readCalls(ctx: TenantContext, month: Period): Promise<MetricUsage[]> {
  const now = ctx.services.clock.now();
  if (month.start < periodStart(monthOf(now).start, "monthly", -MONTHS_OF_CALLS)) return [];
  const total = await countCalls(ctx, month);
  return [{ metric: API_CALLS, label: CALLS_LABEL, total, limit: apiCallsOf(ctx.tenant, now), overage: 0 }];
}
