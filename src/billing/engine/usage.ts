import type { CatalogMetric } from "../gateway/gateway.ts";
import { overageOf } from "./amounts.ts";
import type { CustomerState, LineState, Moment, PeriodState, SubscriptionState } from "./state.ts";

/** Units of a metric that a period used above its allowance, and the line for those that no invoice has billed. */
export type Overage = { metric: string; from: Moment; units: number; line: LineState };

/**
 * What was used above the allowances and isn't billed: in the current period, and, if it was reported late, in earlier ones. Each
 * period counts by the price that it had.
 */
export function overagesOf(
  { usage }: Pick<CustomerState, "usage">,
  subscription: SubscriptionState,
  metrics: readonly CatalogMetric[],
): Overage[] {
  const periods = [...subscription.closedPeriods, currentPeriod(subscription)];
  return metrics.flatMap((metric) => periods.flatMap((period) => overageIn(period, metric)));

  function overageIn({ price, from, to }: PeriodState, metric: CatalogMetric): Overage[] {
    const terms = overageOf(metric, price);
    if (!terms) return [];
    const units = Math.max(0, usedBetween(usage[metric.key] ?? {}, from, to) - terms.included);
    const quantity = units - (subscription.billedUsage[metric.key]?.[from] ?? 0);
    if (quantity <= 0) return [];
    const amount = Math.round(quantity * terms.price);
    const line = { description: metric.name, quantity, amount, periodStart: from, periodEnd: to };
    return [{ metric: metric.key, from, units, line }];
  }
}

/** Remembers that an invoice has these lines. */
export function markBilled({ billedUsage }: SubscriptionState, overages: readonly Overage[]): void {
  for (const { metric, from, units } of overages) (billedUsage[metric] ??= {})[from] = units;
}

/** The current period, if it ended at `to`. */
export function currentPeriod(
  { price, periodStart, periodEnd }: SubscriptionState,
  to: Moment = periodEnd,
): PeriodState {
  return { price, from: periodStart, to };
}

function usedBetween(hours: Record<string, number>, from: Moment, to: Moment): number {
  return Object.entries(hours).reduce((sum, [hour, used]) => {
    const at = Date.parse(hour);
    return at >= from && at < to ? sum + used : sum;
  }, 0);
}
