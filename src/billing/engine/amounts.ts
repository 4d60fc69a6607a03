import { MONTHS } from "../calendar.ts";
import type { CatalogMetric } from "../gateway/gateway.ts";
import { planOf } from "../plans.ts";
import type { Price } from "../prices.ts";
import { type Currency, formatMoney } from "../money.ts";
import type { Off } from "../gateway/account.ts";
import type { Coupon, CustomerState, LineState, Moment, SubscriptionState } from "./state.ts";

/** What credit is in: the currency of all prices. It pays nothing in another currency. */
const CREDIT_CURRENCY: Currency = "usd";

const CYCLE_NAMES = { monthly: "monthly", yearly: "yearly" } as const;

type Ordered = { price: Price; seats: number };
type Span = { from: Moment; to: Moment };

/** What one seat costs in one period. */
export function unitAmount({ plan, version, cycle }: Price): number {
  const { monthlyPrice, yearlyPrice } = planOf(plan, version);
  const amount = cycle === "monthly" ? monthlyPrice : yearlyPrice;
  if (amount === null) throw new RangeError(`The plan "${plan}" has no ${cycle} price.`);
  return amount;
}

/** The line for a whole period. */
export function periodLine({ price, seats }: Ordered, { from, to }: Span): LineState {
  return {
    description: `${nameOf(price)} (${CYCLE_NAMES[price.cycle]})`,
    quantity: seats,
    amount: unitAmount(price) * seats,
    periodStart: from,
    periodEnd: to,
  };
}

/**
 * The lines for a change in the middle of a period: the unused time of the old order is credited, and the remaining time of the new one
 * charged, both by the second. A new cycle starts a period of its own, and `next` is that period.
 */
export function prorationLines(
  { price, seats, periodStart, periodEnd, trialEndsAt }: SubscriptionState,
  next: Ordered,
  at: Moment,
  newPeriod: Span | null,
): LineState[] {
  if (trialEndsAt !== null && trialEndsAt > at) return [];
  const left = share({ from: at, to: periodEnd }, { from: periodStart, to: periodEnd });
  const unused: LineState = {
    description: `Unused time on ${nameOf(price)}`,
    quantity: seats,
    amount: -Math.round(unitAmount(price) * seats * left),
    periodStart: at,
    periodEnd,
  };
  if (newPeriod) return [unused, periodLine(next, newPeriod)].filter(({ amount }) => amount !== 0);
  const remaining: LineState = {
    description: `Remaining time on ${nameOf(next.price)}`,
    quantity: next.seats,
    amount: Math.round(unitAmount(next.price) * next.seats * left),
    periodStart: at,
    periodEnd,
  };
  return [unused, remaining].filter(({ amount }) => amount !== 0);
}

export type Bill = { lines: LineState[]; total: number; creditUsed: number; discount: number };

/**
 * What an invoice with these lines comes to at a moment: the coupon takes its part of charges and of what is given back, and then
 * credit pays what it can.
 */
export function billOf(
  lines: LineState[],
  { coupon, currency, credit, at }: Pick<CustomerState, "credit"> & {
    coupon: Coupon | null;
    currency: Currency;
    at: Moment;
  },
): Bill {
  const sum = sumOf(lines);
  const isValid = coupon && (coupon.endsAt === null || coupon.endsAt > at);
  const discount = isValid ? takenOff(coupon.off, sum) : 0;
  const total = sum - discount;
  const usable = currency === CREDIT_CURRENCY ? credit : 0;
  const line = {
    description: `Discount of ${coupon && nameOfOff(coupon.off, currency)}`,
    quantity: 1,
    amount: -discount,
    periodStart: at,
    periodEnd: at,
  };
  return {
    lines: discount === 0 ? lines : [...lines, line],
    total,
    creditUsed: Math.min(Math.max(0, total), usable),
    discount,
  };
}

/** What a discount takes off an amount. A percentage counts for what is given back as well. */
export function takenOff(off: Off, amount: number): number {
  if ("percent" in off) return Math.round(amount * off.percent / 100);
  return Math.min(off.amount, Math.max(0, amount));
}

/**
 * Units of a metric that a price bills: those above the allowance, at a price per unit. Null if it bills none. Allowances are for a
 * month, and a yearly price bills once a year.
 */
export function overageOf(
  { overage }: CatalogMetric,
  { plan, version, cycle }: Price,
): { included: number; price: number } | null {
  const found = overage.find((one) => one.plan === plan && one.version === version);
  return found ? { included: found.included * MONTHS[cycle], price: found.price } : null;
}

export function sumOf(lines: readonly LineState[]): number {
  return lines.reduce((sum, { amount }) => sum + amount, 0);
}

export function nameOf({ plan }: Price): string {
  return planOf(plan).name.english;
}

function nameOfOff(off: Off, currency: Currency): string {
  return "percent" in off ? `${off.percent}%` : formatMoney({ amount: off.amount, currency });
}

function share(part: Span, whole: Span): number {
  const seconds = ({ from, to }: Span) => Math.max(0, Math.round((to - from) / 1_000));
  return seconds(whole) === 0 ? 0 : Math.min(1, seconds(part) / seconds(whole));
}
