import type Stripe from "stripe";
import type { Price } from "../../prices.ts";
import {
  type GatewayDiscount,
  type GatewaySubscription,
  SUBSCRIPTION_STATUSES,
  type SubscriptionStatus,
} from "../account.ts";
import { expanded, idOf, toDate, toDateOrNull } from "./shapes.ts";

/** Which price of ours this is, or null. */
export type PriceOf = (price: string | Stripe.Price | Stripe.DeletedPrice) => Price | null;

/** Throws a `RangeError` for a status that this version of the API doesn't have, so that nothing is decided by it. */
export function toSubscription(
  subscription: Stripe.Subscription,
  { priceOf, customer }: { priceOf: PriceOf; customer?: Pick<Stripe.Customer, "discount"> },
): GatewaySubscription {
  const item = planItemOf(subscription, priceOf);
  const status = statusOf(subscription.status);
  const { created, ended_at, canceled_at, cancel_at, cancel_at_period_end, trial_end } = subscription;
  const periodEnd = item?.current_period_end ?? created;
  const hasEnded = status === "canceled" || status === "incomplete_expired";
  return {
    id: subscription.id,
    status,
    price: item ? priceOf(item.price) : null,
    seats: item?.quantity ?? 1,
    createdAt: toDate(created),
    currentPeriodStart: toDate(item?.current_period_start ?? created),
    currentPeriodEnd: toDate(periodEnd),
    trialEndsAt: toDateOrNull(trial_end),
    cancelAt: toDateOrNull(cancel_at ?? (cancel_at_period_end ? periodEnd : null)),
    canceledAt: toDateOrNull(canceled_at),
    endedAt: hasEnded ? toDate(ended_at ?? canceled_at ?? created) : null,
    scheduled: hasEnded ? null : scheduledOf(subscription, priceOf),
    discounts: discountsOf(subscription, customer?.discount ?? null),
    pending: pendingOf(subscription, priceOf),
  };
}

/** The item that is the plan. Others bill metrics, or were added at Stripe by hand. */
export function planItemOf(
  { items }: Pick<Stripe.Subscription, "items">,
  priceOf: PriceOf,
): Stripe.SubscriptionItem | null {
  return items.data.find(({ price }) => priceOf(price) !== null) ??
    items.data.find(({ price }) => price.recurring?.usage_type !== "metered") ?? items.data[0] ?? null;
}

/** The schedule that still changes something, if it was expanded. */
export function scheduleOf({ schedule }: Pick<Stripe.Subscription, "schedule">) {
  const known = expanded(schedule);
  return known && (known.status === "active" || known.status === "not_started") ? known : null;
}

/** The ids of the prices in a subscription's schedule, which Stripe doesn't expand. */
export function scheduledPriceIds(subscription: Stripe.Subscription): string[] {
  const phases = scheduleOf(subscription)?.phases ?? [];
  return phases.flatMap(({ items }) => items).map(({ price }) => idOf(price)).filter((id) => id !== null);
}

function scheduledOf(subscription: Stripe.Subscription, priceOf: PriceOf): GatewaySubscription["scheduled"] {
  const schedule = scheduleOf(subscription);
  if (!schedule) return null;
  const now = schedule.current_phase?.end_date ?? 0;
  const next = schedule.phases.find(({ start_date }) => start_date >= now);
  for (const { price, quantity } of next?.items ?? []) {
    const known = priceOf(price);
    if (!known) continue;
    return { scheduleId: schedule.id, price: known, seats: quantity ?? 1, at: toDate(next!.start_date) };
  }
  return null;
}

/** Without any of its own, a subscription has its customer's. An amount in another currency takes nothing off. */
function discountsOf(
  { discounts, currency }: Stripe.Subscription,
  ofCustomer: Stripe.Discount | null,
): GatewayDiscount[] {
  const own = discounts.length > 0 ? discounts : ofCustomer ? [ofCustomer] : [];
  return own.flatMap((reference): GatewayDiscount[] => {
    const discount = expanded(reference);
    const coupon = expanded(discount?.source.coupon);
    if (!discount || !coupon || coupon.duration === "once") return [];
    const { percent_off: percent, amount_off: amount } = coupon;
    const endsAt = toDateOrNull(discount.end);
    if (percent !== null) return [{ off: { percent }, endsAt }];
    return amount !== null && coupon.currency === currency ? [{ off: { amount }, endsAt }] : [];
  });
}

function pendingOf(
  { pending_update: update }: Stripe.Subscription,
  priceOf: PriceOf,
): GatewaySubscription["pending"] {
  for (const { price, quantity } of update?.subscription_items ?? []) {
    const known = priceOf(price);
    if (known) return { price: known, seats: quantity ?? 1, expiresAt: toDate(update!.expires_at) };
  }
  return null;
}

function statusOf(status: string): SubscriptionStatus {
  const known = SUBSCRIPTION_STATUSES.find((one) => one === status);
  if (!known) throw new RangeError(`Stripe says a status of a subscription that isn't known: "${status}".`);
  return known;
}
