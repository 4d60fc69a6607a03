import { CURRENCIES, type Currency } from "./money.ts";
import { PLAN_VERSIONS, type PlanKey } from "./plans.ts";

export const BILLING_CYCLES = ["monthly", "yearly"] as const;
export type BillingCycle = typeof BILLING_CYCLES[number];

/** A plan that people pay for by themselves. */
export type PaidPlan = Exclude<PlanKey, "starter" | "enterprise">;

/** What is sold: a version of a plan, for a cycle, in a currency. */
export type Price = { plan: PaidPlan; version: number; cycle: BillingCycle; currency: Currency };

/** The gateway's name of a price, such as `team_v1_monthly_usd`. A key never moves to another price. */
export function lookupKey({ plan, version, cycle, currency }: Price): string {
  return `${plan}_v${version}_${cycle}_${currency}`;
}

/** The price with this lookup key. Null for keys that aren't ours. */
export function parseLookupKey(key: string): Price | null {
  const match = /^([a-z]+)_v(\d+)_([a-z]+)_([a-z]{3})$/.exec(key);
  if (!match) return null;
  const [, plan, version, cycle, currency] = match;
  const sold = PLAN_VERSIONS.find((one) => one.key === plan && one.version === Number(version));
  const knownCycle = BILLING_CYCLES.find((one) => one === cycle);
  const knownCurrency = CURRENCIES.find((one) => one === currency);
  if (!sold || !knownCycle || !knownCurrency || sold.key === "starter" || sold.key === "enterprise") {
    return null;
  }
  return { plan: sold.key, version: sold.version, cycle: knownCycle, currency: knownCurrency };
}
