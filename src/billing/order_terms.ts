import type { GatewaySubscription } from "./gateway/account.ts";
import { planOf, PLANS } from "./plans.ts";
import { BILLING_CYCLES, type BillingCycle, lookupKey, type PaidPlan, type Price } from "./prices.ts";

/** What an order asks for, of a plan that is sold. */
export type PaidOrder = { plan: PaidPlan; billingCycle: BillingCycle };

/** The price of an order. Whoever has the plan already keeps the version that they bought, also in another cycle. */
export function priceOf({ plan, billingCycle }: PaidOrder, current: GatewaySubscription | null): Price {
  const kept = current?.price?.plan === plan ? current.price.version : undefined;
  return { plan, version: planOf(plan, kept).version, cycle: billingCycle, currency: "usd" };
}

export function isSamePrice({ price }: GatewaySubscription, wanted: Price): boolean {
  return price !== null && lookupKey(price) === lookupKey(wanted);
}

/** Whether the price is for less than what the subscription has: a smaller plan, or a month instead of a year. */
export function isSmaller({ price }: GatewaySubscription, wanted: Price): boolean {
  return price !== null && rankOf(wanted) < rankOf(price);
}

function rankOf({ plan, cycle }: Price): number {
  return PLANS.indexOf(plan) * BILLING_CYCLES.length + BILLING_CYCLES.indexOf(cycle);
}
