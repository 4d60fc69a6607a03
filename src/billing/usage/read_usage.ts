import { countCalls, MONTHS_OF_CALLS } from "../../api_access/monthly_calls.ts";
import type { TenantContext } from "../../context.ts";
import { type Wording, wording } from "../../platform/wording.ts";
import { type BillingAccount, findAccount, timeOf } from "../accounts.ts";
import { periodStart } from "../calendar.ts";
import { API_CALLS, apiCallsOf } from "../entitlements.ts";
import type { Meter } from "../meter.ts";
import { monthOf } from "./period.ts";
import { termsOf, type UsageTerms } from "./terms.ts";
import { totalOf } from "./totals.ts";

const CALLS_LABEL = wording("meter.api_calls", "API calls this month");

/**
 * What was used of a metric in a period. `limit` is null for any number, and for a period that no allowance is for: a month that is
 * over, because the plan may have changed since, or a month of a year. `overage` is what is used beyond the limit.
 */
export type MetricUsage = Pick<UsageTerms, "cycle" | "overagePrice"> & {
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
  const [calls, ...metrics] = await Promise.all([
    readCalls(ctx, month),
    ...ctx.services.meters.map((meter) => readMetric(ctx, { account, meter, month })),
  ]);
  return [...metrics, ...calls];
}

async function readMetric(
  { system, services: { clock }, tenant }: TenantContext,
  { account, meter, month }: { account: BillingAccount | null; meter: Meter; month: Date | null },
): Promise<MetricUsage> {
  const now = account ? timeOf(account, clock) : clock.now();
  const { cycle, included, overagePrice, ...current } = termsOf({ account, tenant, meter, now });
  const period = month ? monthOf(month) : current.period;
  const total = await totalOf(system.control, tenant.id, meter.key, period);
  const isLimited = period.end > now && (month === null || cycle === "monthly");
  const limit = isLimited ? included : null;
  const overage = limit === null ? 0 : Math.max(0, total - limit);
  return { metric: meter.key, label: meter.label, total, limit, overage, cycle, overagePrice };
}

/** Empty for months whose calls are no longer kept. Calls beyond the limit are refused, so they are never overage. */
async function readCalls(ctx: TenantContext, month: Date | null): Promise<MetricUsage[]> {
  const now = ctx.services.clock.now();
  const { start, end } = monthOf(month ?? now);
  if (start < periodStart(monthOf(now).start, "monthly", -MONTHS_OF_CALLS)) return [];
  const total = await countCalls(ctx, { start, end });
  const limit = end > now ? apiCallsOf(ctx.tenant, now) : null;
  const terms = { cycle: "monthly", overagePrice: null } as const;
  return [{ metric: API_CALLS, label: CALLS_LABEL, total, limit, overage: 0, ...terms }];
}
