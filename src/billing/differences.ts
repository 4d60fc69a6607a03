import type { billingInvoices } from "../../db/control/schema/billing.ts";
import { type BillingAccount, currentSubscription } from "./accounts.ts";
import { takenOff, unitAmount } from "./engine/amounts.ts";
import type { GatewayInvoice, GatewaySubscription } from "./gateway/account.ts";
import type { PlanKey } from "./plans.ts";

export type StoredInvoice = typeof billingInvoices.$inferSelect;

/** What the account's row shows of its subscription. */
export type SubscriptionColumns = Pick<
  BillingAccount,
  | "subscriptionId"
  | "status"
  | "plan"
  | "planVersion"
  | "billingCycle"
  | "seats"
  | "monthlyRevenue"
  | "currency"
  | "currentPeriodEnd"
  | "cancelAt"
>;

/** What the row shows for the subscription that counts. After it ended, the row keeps its plan, and shows its last status. */
export function columnsOf(account: BillingAccount, now: Date): SubscriptionColumns {
  const current = currentSubscription(account);
  const shown = current ?? account.snapshot?.subscriptions[0] ?? null;
  return {
    subscriptionId: current?.id ?? null,
    status: shown?.status ?? null,
    plan: current?.price?.plan ?? account.plan,
    planVersion: current?.price?.version ?? account.planVersion,
    billingCycle: current?.price?.cycle ?? account.billingCycle,
    seats: current?.seats ?? account.seats,
    monthlyRevenue: current ? monthlyRevenueOf(current, now) : 0,
    currency: current?.price?.currency ?? account.currency,
    currentPeriodEnd: current?.currentPeriodEnd ?? null,
    cancelAt: current?.cancelAt ?? null,
  };
}

/** What a subscription brings a month, with the discounts that last at `now`. Nothing during a trial. */
export function monthlyRevenueOf(
  { price, seats, status, discounts }: GatewaySubscription,
  now: Date,
): number {
  if (!price || status === "trialing") return 0;
  const perPeriod = discounts.filter(({ endsAt }) => endsAt === null || endsAt > now)
    .reduce((left, { off }) => left - takenOff(off, left), unitAmount(price) * seats);
  return price.cycle === "yearly" ? Math.round(perPeriod / 12) : perPeriod;
}

export type Movement =
  | "subscribed"
  | "resubscribed"
  | "upgraded"
  | "downgraded"
  | "canceled"
  | "payment_failed"
  | "payment_recovered";

type Before = SubscriptionColumns & { hadSubscription: boolean };

/** What became of an account's subscription between two syncs. One that a coupon makes free is a subscription as well. */
export function movementsOf(before: Before, after: SubscriptionColumns): Movement[] {
  const movements: Movement[] = [];
  const was = isSubscribed(before);
  const is = isSubscribed(after);
  if (!was && is) movements.push(before.hadSubscription ? "resubscribed" : "subscribed");
  if (was && !is) movements.push("canceled");
  if (was && is && before.monthlyRevenue !== after.monthlyRevenue) {
    movements.push(after.monthlyRevenue > before.monthlyRevenue ? "upgraded" : "downgraded");
  }
  if (before.status !== "past_due" && after.status === "past_due") movements.push("payment_failed");
  if (before.status === "past_due" && after.status === "active") movements.push("payment_recovered");
  return movements;
}

function isSubscribed({ subscriptionId, status }: SubscriptionColumns): boolean {
  return subscriptionId !== null && status !== "trialing";
}

/** What became of an invoice that the gateway shows. `stored` is what we knew of it. */
export function invoiceNews(stored: StoredInvoice | undefined, now: GatewayInvoice) {
  const hasFailed = now.failure !== null && now.attempts > (stored?.attempts ?? 0) && now.status === "open";
  return {
    isPaid: now.status === "paid" && stored?.status !== "paid" && now.amountPaid > 0,
    hasFailed,
    isFirstFailure: hasFailed && !stored?.failure,
    needsAction: now.needsAction && !stored?.needsAction,
    refunded: Math.max(0, now.amountRefunded - (stored?.amountRefunded ?? 0)),
    isDisputed: now.isDisputed && !stored?.isDisputed,
  };
}

/** Whether anything changed that people or programs were told about the subscription. */
export function isChanged(before: SubscriptionColumns, after: SubscriptionColumns): boolean {
  const shown = ({ status, plan, planVersion, billingCycle, seats, cancelAt }: SubscriptionColumns) =>
    JSON.stringify([status, plan, planVersion, billingCycle, seats, cancelAt]);
  return shown(before) !== shown(after);
}

export function planOrStarter(plan: PlanKey | null): PlanKey {
  return plan ?? "starter";
}
