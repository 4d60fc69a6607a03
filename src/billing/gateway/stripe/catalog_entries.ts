import { overageOf, unitAmount } from "../../engine/amounts.ts";
import type { Currency } from "../../money.ts";
import { BILLING_CYCLES, lookupKey, type PaidPlan, parseLookupKey, type Price } from "../../prices.ts";
import type { Catalog, CatalogMetric } from "../gateway.ts";

/** What each price is in. A second currency is a second price of the same plan version. */
const CURRENCY: Currency = "usd";
const INTERVALS = { monthly: "month", yearly: "year" } as const;

export type ProductEntry = { key: string; id: string; name: string };
export type MeterEntry = { key: string; name: string };
export type PriceEntry = {
  /** Stripe's `lookup_key`. It never moves to another price. */
  key: string;
  productId: string;
  currency: Currency;
  interval: "month" | "year";
  /** What a unit costs, in the smallest unit. */
  amount: number;
  /** The metric that the price bills, and how many units of it cost nothing. Null for a plan's own price. */
  metered: { metric: string; included: number } | null;
};
export type CatalogEntries = { products: ProductEntry[]; meters: MeterEntry[]; prices: PriceEntry[] };

/** Everything that Stripe has to know: a product for each plan and metric, and a price for each version and cycle. */
export function catalogEntries({ plans, metrics }: Catalog): CatalogEntries {
  const sold = plans.flatMap((plan) =>
    plan.key === "starter" || plan.key === "enterprise" ? [] : [{ ...plan, key: plan.key }]
  );
  const names = new Map(sold.map(({ key, name }) => [key, name.english]));
  return {
    products: [
      ...[...names].map(([key, name]) => ({ key, id: planProductId(key), name })),
      ...metrics.map(({ key, name }) => ({ key, id: metricProductId(key), name })),
    ],
    meters: metrics.map(({ key, name }) => ({ key, name })),
    prices: sold.flatMap(({ key: plan, version, monthlyPrice, yearlyPrice }) =>
      BILLING_CYCLES.filter((cycle) => (cycle === "monthly" ? monthlyPrice : yearlyPrice) !== null)
        .flatMap((cycle) => pricesOf({ plan, version, cycle, currency: CURRENCY }, metrics))
    ),
  };
}

/** The lookup keys of the metrics that are billed with a price. */
export function meteredKeys(price: Price, metrics: readonly CatalogMetric[]): string[] {
  return metrics.filter((metric) => overageOf(metric, price)).map(({ key }) => meteredKey(key, price));
}

/** The allowance and the price that a metric is billed with. Null for keys that aren't the metric's. */
export function parseMeteredKey(key: string, metric: CatalogMetric) {
  const prefix = `${metric.key}_`;
  const price = key.startsWith(prefix) ? parseLookupKey(key.slice(prefix.length)) : null;
  return price && overageOf(metric, price);
}

function pricesOf(price: Price, metrics: readonly CatalogMetric[]): PriceEntry[] {
  const { currency } = price;
  const interval = INTERVALS[price.cycle];
  return [
    {
      key: lookupKey(price),
      productId: planProductId(price.plan),
      currency,
      interval,
      amount: unitAmount(price),
      metered: null,
    },
    ...metrics.flatMap((metric) => {
      const overage = overageOf(metric, price);
      if (!overage) return [];
      return [{
        key: meteredKey(metric.key, price),
        productId: metricProductId(metric.key),
        currency,
        interval,
        amount: overage.price,
        metered: { metric: metric.key, included: overage.included },
      }];
    }),
  ];
}

function meteredKey(metric: string, price: Price): string {
  return `${metric}_${lookupKey(price)}`;
}

function planProductId(plan: PaidPlan): string {
  return `plan_${plan}`;
}

function metricProductId(metric: string): string {
  return `metric_${metric}`;
}
