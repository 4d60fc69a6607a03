import assert from "node:assert/strict";
import type Stripe from "stripe";
import { toAccount } from "../../src/billing/gateway/stripe/to_account.ts";
import { toInvoice } from "../../src/billing/gateway/stripe/to_invoice.ts";
import { toSubscription } from "../../src/billing/gateway/stripe/to_subscription.ts";
import { parseLookupKey } from "../../src/billing/prices.ts";

/** Protects: whatever people did at Stripe by hand, an account can be read, and nothing is made up. */

const START = Date.parse("2026-03-02T09:00:00Z") / 1_000;
const DAY = 86_400;

const priceOf = (price: string | Stripe.Price | Stripe.DeletedPrice) =>
  typeof price === "object" && "lookup_key" in price && price.lookup_key
    ? parseLookupKey(price.lookup_key)
    : null;

Deno.test("a subscription to somebody else's price has no price of ours", () => {
  const { price, seats, status } = toSubscription(subscription({ items: [item("gold_2019", 7)] }), {
    priceOf,
  });

  assert.deepEqual([price, seats, status], [null, 7, "active"]);
});

Deno.test("the plan is found among other items", () => {
  const items = [item(null), item("compute_minutes_team_v1_monthly_usd"), item("team_v1_monthly_usd", 3)];

  const { price, seats } = toSubscription(subscription({ items }), { priceOf });

  assert.deepEqual([price?.plan, seats], ["team", 3]);
});

Deno.test("a subscription without items, and without a quantity, can be read", () => {
  const { price, seats, currentPeriodEnd } = toSubscription(subscription({ items: [] }), { priceOf });

  assert.deepEqual([price, seats, currentPeriodEnd], [null, 1, new Date(START * 1_000)]);
});

Deno.test("a status that this version of the API doesn't have decides nothing", () => {
  assert.throws(() => toSubscription(subscription({ status: "hibernating" }), { priceOf }), RangeError);
});

Deno.test("the flag ends a subscription with its period, and a date at the date", () => {
  const flagged = subscription({ cancel_at_period_end: true, cancel_at: null });
  const dated = subscription({ cancel_at: START + 5 * DAY });

  assert.deepEqual(toSubscription(flagged, { priceOf }).cancelAt, new Date((START + 31 * DAY) * 1_000));
  assert.deepEqual(toSubscription(dated, { priceOf }).cancelAt, new Date((START + 5 * DAY) * 1_000));
});

Deno.test("an ended subscription has an end, also if Stripe doesn't say when", () => {
  const ended = toSubscription(subscription({ status: "canceled", canceled_at: START + DAY }), { priceOf });

  assert.deepEqual(ended.endedAt, new Date((START + DAY) * 1_000));
});

Deno.test("a schedule counts until it let go, and only what comes after the current phase", () => {
  const price = item("team_v1_monthly_usd").price;
  const schedule = (status: string) => ({
    id: "sub_sched_1",
    status,
    current_phase: { start_date: START, end_date: START + 31 * DAY },
    phases: [
      { start_date: START, items: [{ price: item("premium_v1_monthly_usd").price, quantity: 1 }] },
      { start_date: START + 31 * DAY, items: [{ price: "price_unknown" }, { price, quantity: 2 }] },
    ],
  });

  const scheduled = toSubscription(subscription({ schedule: schedule("active") }), { priceOf }).scheduled;
  const released = toSubscription(subscription({ schedule: schedule("released") }), { priceOf }).scheduled;

  assert.deepEqual([scheduled?.price.plan, scheduled?.seats], ["team", 2]);
  assert.deepEqual(scheduled?.at, new Date((START + 31 * DAY) * 1_000));
  assert.equal(released, null);
});

Deno.test("the discounts that last are the subscription's, or without any its customer's", () => {
  const discount = (coupon: Record<string, unknown>, end: number | null = null) => ({
    id: "di_1",
    end,
    source: {
      coupon: {
        id: "c",
        duration: "forever",
        percent_off: null,
        amount_off: null,
        currency: null,
        ...coupon,
      },
    },
  });
  const off = (discounts: unknown[], ofCustomer: unknown = null) =>
    toSubscription(subscription({ currency: "usd", discounts }), {
      priceOf,
      customer: { discount: ofCustomer as Stripe.Discount | null },
    }).discounts;

  assert.deepEqual(
    off([discount({ percent_off: 25 }), discount({ amount_off: 500, currency: "usd" }, START)]),
    [
      { off: { percent: 25 }, endsAt: null },
      { off: { amount: 500 }, endsAt: new Date(START * 1_000) },
    ],
  );
  assert.deepEqual(off([], discount({ percent_off: 10 })), [{ off: { percent: 10 }, endsAt: null }]);
  assert.deepEqual(off([discount({ percent_off: 25 })], discount({ percent_off: 10 })).length, 1);
  assert.deepEqual(off([discount({ percent_off: 25, duration: "once" })]), []);
  assert.deepEqual(off([discount({ amount_off: 500, currency: "eur" }), "di_2"]), []);
});

Deno.test("an invoice's lines add up to its total, with discounts and taxes", () => {
  const { lines } = toInvoice(
    invoice({
      total: 2_800,
      total_discount_amounts: [{ amount: 600, discount: "di_1" }],
      total_taxes: [{ amount: 400, tax_behavior: "exclusive" }, { amount: 50, tax_behavior: "inclusive" }],
      lines: [line({ amount: 2_900 }), line({ amount: 100 })],
    }),
    new Map(),
  )!;

  assert.deepEqual(lines.map(({ description, amount }) => [description, amount]), [
    ["Team", 2_900],
    ["Team", 100],
    ["Discount", -600],
    ["Tax", 400],
  ]);
});

Deno.test("an invoice's period is the plan's, not that of the usage or of its proration", () => {
  const usage = line({ period: { start: START - 31 * DAY, end: START } });
  const proration = line({ period: { start: START - DAY, end: START }, proration: true });
  const plan = line({ period: { start: START, end: START + 31 * DAY } });

  const { periodStart, periodEnd } = toInvoice(invoice({ lines: [usage, proration, plan] }), new Map())!;

  assert.deepEqual([periodStart, periodEnd], [new Date(START * 1_000), new Date((START + 31 * DAY) * 1_000)]);
});

Deno.test("an invoice in a currency that isn't declared is left out, and the others stay", () => {
  const account = toAccount({
    customer: { id: "cus_1", balance: -500, livemode: false } as Stripe.Customer,
    subscriptions: [],
    invoices: [invoice({ currency: "xaf" }), invoice({})],
    payments: new Map(),
  }, { priceOf, now: new Date(START * 1_000) });

  assert.equal(account.invoices.length, 1);
  assert.equal(account.credit, 500);
});

Deno.test("an invoice without a status, lines and payments is a draft", () => {
  const { status, lines, payUrl, amountDue } = toInvoice(
    invoice({ status: null, lines: [], total: 0 }),
    new Map(),
  )!;

  assert.deepEqual([status, lines, payUrl, amountDue], ["draft", [], null, 0]);
});

Deno.test("refunds and disputes are those of every payment, and never more than was paid", () => {
  const charge = (id: string, refunded: number, disputed: boolean) => ({
    id: `pi_${id}`,
    status: "succeeded",
    latest_charge: { id: `ch_${id}`, amount_refunded: refunded, disputed },
  } as Stripe.PaymentIntent);
  const payments = new Map([["pi_1", charge("1", 1_000, false)], ["pi_2", charge("2", 5_000, true)]]);

  const { amountRefunded, isDisputed } = toInvoice(
    invoice({ status: "paid", amount_paid: 2_900, payments: ["pi_1", "pi_2"] }),
    payments,
  )!;

  assert.deepEqual([amountRefunded, isDisputed], [2_900, true]);
});

Deno.test("of several payments, the default one says whether the customer has to confirm", () => {
  const payment = (
    id: string,
    status: string,
  ) => ({ id, status, latest_charge: null } as Stripe.PaymentIntent);
  const payments = new Map([
    ["pi_1", payment("pi_1", "requires_action")],
    ["pi_2", payment("pi_2", "canceled")],
  ]);
  const attached = invoice({ payments: ["pi_1", "pi_2"] });
  attached.payments!.data[0]!.is_default = true;

  assert.equal(toInvoice(attached, payments)!.needsAction, true);
});

Deno.test("a test clock is ahead of the real time, and a live customer has none", () => {
  const customer = (livemode: boolean) => ({
    id: "cus_1",
    balance: 0,
    livemode,
    test_clock: { id: "clock_1", frozen_time: START + DAY },
  } as Stripe.Customer);
  const ahead = (livemode: boolean) =>
    toAccount({ customer: customer(livemode), subscriptions: [], invoices: [], payments: new Map() }, {
      priceOf,
      now: new Date(START * 1_000),
    }).clockAhead;

  assert.deepEqual([ahead(false), ahead(true)], [DAY * 1_000, 0]);
});

Deno.test("a payment method that is no card shows its kind", () => {
  const method = { id: "pm_1", type: "sepa_debit", sepa_debit: { last4: "3000" } };
  const customer = {
    id: "cus_1",
    balance: 0,
    livemode: true,
    invoice_settings: { default_payment_method: method },
  } as unknown as Stripe.Customer;

  const { paymentMethod } = toAccount({ customer, subscriptions: [], invoices: [], payments: new Map() }, {
    priceOf,
    now: new Date(START * 1_000),
  });

  assert.deepEqual(paymentMethod, {
    brand: "sepa_debit",
    last4: "3000",
    expiryMonth: null,
    expiryYear: null,
  });
});

function subscription(
  { items = [item("team_v1_monthly_usd", 1)], ...fields }: Record<string, unknown>,
): Stripe.Subscription {
  return {
    id: "sub_1",
    status: "active",
    created: START,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    ended_at: null,
    trial_end: null,
    discounts: [],
    pending_update: null,
    schedule: null,
    items: { data: items },
    ...fields,
  } as unknown as Stripe.Subscription;
}

function item(key: string | null, quantity?: number): Stripe.SubscriptionItem {
  return {
    id: `si_${key}`,
    quantity,
    current_period_start: START,
    current_period_end: START + 31 * DAY,
    price: { id: `price_${key}`, lookup_key: key, recurring: { usage_type: "licensed" } },
  } as unknown as Stripe.SubscriptionItem;
}

function invoice(
  { lines = [line({})], payments = [], ...fields }: Record<string, unknown> & { payments?: string[] },
): Stripe.Invoice {
  return {
    id: "in_1",
    number: null,
    status: "open",
    currency: "usd",
    total: 2_900,
    amount_paid: 0,
    amount_remaining: 2_900,
    created: START,
    period_start: START,
    period_end: START,
    parent: null,
    lines: { data: lines, has_more: false },
    payments: { data: payments.map((id) => ({ is_default: false, payment: { payment_intent: id } })) },
    ...fields,
  } as unknown as Stripe.Invoice;
}

function line(
  { amount = 2_900, period = { start: START, end: START + 31 * DAY }, proration = false }: {
    amount?: number;
    period?: { start: number; end: number };
    proration?: boolean;
  },
): Stripe.InvoiceLineItem {
  return {
    description: "Team",
    quantity: 1,
    amount,
    period,
    parent: { subscription_item_details: { proration } },
  } as unknown as Stripe.InvoiceLineItem;
}
