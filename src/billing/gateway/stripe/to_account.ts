import type Stripe from "stripe";
import { SECOND } from "../../../platform/clock.ts";
import type { GatewayAccount, PaymentMethod } from "../account.ts";
import { expanded } from "./shapes.ts";
import { type Payments, toInvoice } from "./to_invoice.ts";
import { type PriceOf, toSubscription } from "./to_subscription.ts";

export type Fetched = {
  customer: Stripe.Customer;
  subscriptions: Stripe.Subscription[];
  invoices: Stripe.Invoice[];
  payments: Payments;
};

/** `now` is the real time. A customer on one of Stripe's test clocks may be ahead of it. */
export function toAccount(
  { customer, subscriptions, invoices, payments }: Fetched,
  { priceOf, now }: { priceOf: PriceOf; now: Date },
): GatewayAccount {
  const newestFirst = (one: { created: number }, other: { created: number }) => other.created - one.created;
  return {
    customerId: customer.id,
    isDeleted: false,
    isLive: customer.livemode,
    clockAhead: aheadOf(customer, now),
    paymentMethod: methodOf(customer, subscriptions),
    // At Stripe, a negative balance is a credit.
    credit: -(customer.balance ?? 0) || 0,
    subscriptions: subscriptions.toSorted(newestFirst)
      .map((one) => toSubscription(one, { priceOf, customer })),
    invoices: invoices.toSorted(newestFirst).map((one) => toInvoice(one, payments))
      .filter((invoice) => invoice !== null),
  };
}

export function deletedAccount(customerId: string, isLive: boolean): GatewayAccount {
  return {
    customerId,
    isDeleted: true,
    isLive,
    clockAhead: 0,
    paymentMethod: null,
    credit: 0,
    subscriptions: [],
    invoices: [],
  };
}

function aheadOf({ test_clock, livemode }: Stripe.Customer, now: Date): number {
  const clock = livemode ? null : expanded(test_clock);
  return clock ? Math.max(0, clock.frozen_time * SECOND - now.getTime()) : 0;
}

/** A subscription's own method is charged before the customer's. */
function methodOf(customer: Stripe.Customer, subscriptions: Stripe.Subscription[]): PaymentMethod | null {
  const running = subscriptions.find(({ ended_at }) => ended_at === null);
  const method = expanded(running?.default_payment_method) ??
    expanded(customer.invoice_settings?.default_payment_method);
  if (!method) return null;
  const { type, card } = method;
  if (card) {
    const { brand, last4, exp_month, exp_year } = card;
    return { brand, last4, expiryMonth: exp_month, expiryYear: exp_year };
  }
  const details = (method as unknown as Record<string, { last4?: string | null } | undefined>)[type];
  return { brand: type, last4: details?.last4 ?? null, expiryMonth: null, expiryYear: null };
}
