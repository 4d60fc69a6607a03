import type Stripe from "stripe";
import { type Bill, overageOf } from "../../../src/billing/engine/amounts.ts";
import { dueOf } from "../../../src/billing/engine/ledger.ts";
import type {
  CheckoutState,
  CustomerState,
  InvoiceState,
  LineState,
  Moment,
  SubscriptionState,
} from "../../../src/billing/engine/state.ts";
import type { CatalogMetric } from "../../../src/billing/gateway/gateway.ts";
import { meteredKeys } from "../../../src/billing/gateway/stripe/catalog_entries.ts";
import { lookupKey, type Price } from "../../../src/billing/prices.ts";

const DISCOUNT_ID = "di_1";

/**
 * What Stripe's API says of the engine's state. Only fields that the driver may read are there, and the SDK's types check them: a
 * field that the driver reads and that isn't there is undefined, which its own tests notice.
 */
export class Renderer {
  constructor(private readonly metrics: readonly CatalogMetric[], private readonly origin: string) {}

  customer(state: CustomerState): Partial<Stripe.Customer> | Stripe.DeletedCustomer {
    const { customerId: id, name, email, credit } = state;
    if (state.isDeleted) return { id, object: "customer", deleted: true };
    return {
      id,
      object: "customer",
      name,
      email,
      balance: -credit,
      livemode: false,
      test_clock: null,
      invoice_settings: {
        default_payment_method: null,
        custom_fields: null,
        footer: null,
        rendering_options: null,
      },
    };
  }

  checkout({ id, status, expiresAt }: CheckoutState): Partial<Stripe.Checkout.Session> {
    return {
      id,
      object: "checkout.session",
      status,
      url: status === "open" ? `${this.origin}/pay/${id}` : null,
      expires_at: seconds(expiresAt),
    };
  }

  subscription(
    state: CustomerState,
    subscription: SubscriptionState,
    { expandsSchedule, expandsDiscounts = false, bareSchedule }: {
      expandsSchedule: boolean;
      expandsDiscounts?: boolean;
      bareSchedule: string | null;
    },
  ): Partial<Stripe.Subscription> {
    const { id, pending, periodEnd, cancelsAtEnd, cancelAt, endedAt, canceledAt } = subscription;
    const scheduleId = subscription.scheduled?.scheduleId ?? bareSchedule;
    const latest = state.invoices.findLast(({ subscriptionId }) => subscriptionId === id);
    return {
      id,
      object: "subscription",
      customer: state.customerId,
      currency: subscription.price.currency,
      status: subscription.status,
      livemode: false,
      created: seconds(subscription.createdAt),
      trial_end: secondsOrNull(subscription.trialEndsAt),
      discounts: expandsDiscounts ? discountsOf(subscription) : discountsOf(subscription).map(({ id }) => id),
      cancel_at_period_end: cancelsAtEnd,
      cancel_at: secondsOrNull(cancelAt ?? (cancelsAtEnd ? periodEnd : null)),
      canceled_at: secondsOrNull(canceledAt),
      ended_at: secondsOrNull(endedAt),
      default_payment_method: methodOf(state),
      latest_invoice: latest?.id ?? null,
      items: listOf(this.#items(subscription)),
      schedule: scheduleId === null
        ? null
        : expandsSchedule
        ? this.schedule(subscription, scheduleId)
        : scheduleId,
      pending_update: pending && ({
        expires_at: seconds(pending.expiresAt),
        subscription_items: [{ price: this.price(lookupKey(pending.price)), quantity: pending.seats }],
      } as Stripe.Subscription.PendingUpdate),
    };
  }

  schedule(subscription: SubscriptionState, id: string): Stripe.SubscriptionSchedule {
    const { periodStart, periodEnd, scheduled } = subscription;
    const phase = (price: Price, seats: number, start: Moment, end: Moment) => ({
      start_date: seconds(start),
      end_date: seconds(end),
      items: [
        { price: priceId(lookupKey(price)), quantity: seats },
        ...meteredKeys(price, this.metrics).map((key) => ({ price: priceId(key) })),
      ],
    });
    const phases = [phase(subscription.price, subscription.seats, periodStart, periodEnd)];
    if (scheduled) {
      phases.push(phase(scheduled.price, scheduled.seats, periodEnd, 2 * periodEnd - periodStart));
    }
    return {
      id,
      object: "subscription_schedule",
      status: "active",
      subscription: subscription.id,
      current_phase: { start_date: seconds(periodStart), end_date: seconds(periodEnd) },
      phases,
    } as Partial<Stripe.SubscriptionSchedule> as Stripe.SubscriptionSchedule;
  }

  invoice(state: CustomerState, invoice: InvoiceState, isInList = false): Partial<Stripe.Invoice> {
    const { id, number, status, currency, total, amountPaid, creditUsed, attempts } = invoice;
    const lines = this.lines(state, invoice);
    const due = dueOf(invoice);
    return {
      id,
      object: "invoice",
      number,
      status,
      customer: state.customerId,
      currency,
      livemode: false,
      total,
      amount_due: Math.max(0, total - creditUsed),
      amount_paid: amountPaid,
      amount_remaining: due,
      attempt_count: attempts,
      created: seconds(invoice.createdAt),
      // Stripe's own period of an invoice is the one before.
      period_start: seconds(invoice.createdAt),
      period_end: seconds(invoice.createdAt),
      next_payment_attempt: secondsOrNull(invoice.nextAttemptAt),
      hosted_invoice_url: `${this.origin}/invoices/${id}`,
      invoice_pdf: `${this.origin}/invoices/${id}.pdf`,
      total_discount_amounts: discountOf(invoice.lines).map((amount) => ({ amount, discount: DISCOUNT_ID })),
      status_transitions: {
        paid_at: secondsOrNull(invoice.paidAt),
        finalized_at: seconds(invoice.createdAt),
        marked_uncollectible_at: null,
        voided_at: null,
      },
      parent: parentOf(invoice.subscriptionId),
      lines: isInList ? listOf(lines.slice(0, 10), lines.length > 10) : listOf(lines),
      payments: listOf(hasPayment(invoice) ? [paymentOf(invoice)] : []),
    };
  }

  lines(state: CustomerState, invoice: InvoiceState): Stripe.InvoiceLineItem[] {
    const subscription = state.subscriptions.find(({ id }) => id === invoice.subscriptionId);
    const shown = invoice.lines.filter((line) => !isDiscount(line));
    const rendered = shown.map((line, index) => this.#line(line, `il_${invoice.id}_${index}`, subscription));
    return subscription && invoice.reason === "cycle"
      ? [...this.#includedLines(state, invoice, subscription), ...rendered]
      : rendered;
  }

  /** An invoice that doesn't exist. */
  preview(
    { lines, total, creditUsed }: Bill,
    { price, at }: Pick<SubscriptionState, "price"> & { at: Moment },
  ): Partial<Stripe.Invoice> {
    return {
      id: "upcoming_in",
      object: "invoice",
      currency: price.currency,
      created: seconds(at),
      total,
      amount_due: Math.max(0, total - creditUsed),
      total_discount_amounts: discountOf(lines).map((amount) => ({ amount, discount: DISCOUNT_ID })),
      lines: listOf(
        lines.filter((line) => !isDiscount(line)).map((line, index) =>
          this.#line(line, `il_tmp_${index}`, undefined)
        ),
      ),
    };
  }

  paymentIntent(
    invoice: InvoiceState,
    customerId: string,
    { expandsCharge }: { expandsCharge: boolean },
  ): Partial<Stripe.PaymentIntent> {
    const { status, needsAction, failure } = invoice;
    const charge = {
      id: chargeId(invoice.id),
      object: "charge",
      paid: true,
      amount: invoice.amountPaid,
      amount_captured: invoice.amountPaid,
      amount_refunded: invoice.amountRefunded,
      disputed: invoice.isDisputed,
    } as Stripe.Charge;
    return {
      id: paymentId(invoice.id),
      object: "payment_intent",
      customer: customerId,
      created: seconds(invoice.createdAt),
      status: status === "paid"
        ? "succeeded"
        : status === "void"
        ? "canceled"
        : needsAction
        ? "requires_action"
        : "requires_payment_method",
      last_payment_error: failure === null
        ? null
        : { type: "card_error", message: failure } as Stripe.PaymentIntent.LastPaymentError,
      latest_charge: status === "paid" ? expandsCharge ? charge : charge.id : null,
    };
  }

  price(key: string): Stripe.Price {
    const isMetered = this.metrics.some((metric) => key.startsWith(`${metric.key}_`));
    return {
      id: priceId(key),
      object: "price",
      lookup_key: key,
      recurring: {
        usage_type: isMetered ? "metered" : "licensed",
        meter: isMetered ? this.#meterOf(key) : null,
      },
    } as Partial<Stripe.Price> as Stripe.Price;
  }

  #items(subscription: SubscriptionState): Stripe.SubscriptionItem[] {
    const { id, price, seats, periodStart, periodEnd } = subscription;
    return [lookupKey(price), ...meteredKeys(price, this.metrics)].map((key, index) => ({
      id: `si_${id}_${index}`,
      object: "subscription_item",
      price: this.price(key),
      ...(index === 0 ? { quantity: seats } : {}),
      discounts: [],
      current_period_start: seconds(periodStart),
      current_period_end: seconds(periodEnd),
    } as Partial<Stripe.SubscriptionItem> as Stripe.SubscriptionItem));
  }

  /** What was used within the allowance is a line without an amount. */
  #includedLines(
    state: CustomerState,
    invoice: InvoiceState,
    { price }: SubscriptionState,
  ): Stripe.InvoiceLineItem[] {
    const before = state.invoices.filter(({ subscriptionId, reason, createdAt }) =>
      subscriptionId === invoice.subscriptionId && reason !== "update" && createdAt < invoice.createdAt
    ).at(-1);
    return this.metrics.filter((metric) => overageOf(metric, price)).map((metric) =>
      this.#line(
        {
          description: metric.name,
          quantity: 0,
          amount: 0,
          periodStart: before?.periodStart ?? invoice.createdAt,
          periodEnd: invoice.periodStart,
        },
        `il_${invoice.id}_${metric.key}`,
        { price },
      )
    );
  }

  #line(
    { description, quantity, amount, periodStart, periodEnd }: LineState,
    id: string,
    subscription: Pick<SubscriptionState, "price"> | undefined,
  ): Stripe.InvoiceLineItem {
    const metric = this.metrics.find(({ name }) => name === description);
    const key = subscription &&
      (metric ? meteredKeys(subscription.price, [metric])[0] : lookupKey(subscription.price));
    const isPeriod = /\((monthly|yearly)\)$|^Trial/.test(description) || metric !== undefined;
    return {
      id,
      object: "line_item",
      description,
      quantity,
      amount,
      period: { start: seconds(periodStart), end: seconds(periodEnd) },
      parent: {
        type: "subscription_item_details",
        invoice_item_details: null,
        subscription_item_details: isPeriod ? { proration: false } : { proration: true },
      },
      pricing: key
        ? { type: "price_details", price_details: { price: priceId(key), product: "prod" } }
        : null,
    } as Partial<Stripe.InvoiceLineItem> as Stripe.InvoiceLineItem;
  }

  #meterOf(key: string): string {
    return meterId(this.metrics.find((metric) => key.startsWith(`${metric.key}_`))!.key);
  }
}

export function listOf<Item>(data: Item[], hasMore = false): Stripe.ApiList<Item> {
  return { object: "list", data, has_more: hasMore, url: "/" };
}

export function seconds(moment: Moment): number {
  return Math.floor(moment / 1_000);
}

export function priceId(key: string): string {
  return `price_${key}`;
}

export function meterId(metric: string): string {
  return `mtr_${metric}`;
}

export function paymentId(invoiceId: string): string {
  return invoiceId.replace(/^in_/, "pi_");
}

export function discountsOf({ coupon, price }: SubscriptionState): Stripe.Discount[] {
  if (!coupon) return [];
  const { off, duration, endsAt } = coupon;
  const source = {
    type: "coupon",
    coupon: {
      id: "coupon_1",
      duration,
      percent_off: "percent" in off ? off.percent : null,
      amount_off: "amount" in off ? off.amount : null,
      currency: "amount" in off ? price.currency : null,
    } as Partial<Stripe.Coupon> as Stripe.Coupon,
  };
  return [
    { id: DISCOUNT_ID, end: secondsOrNull(endsAt), source } as Partial<Stripe.Discount> as Stripe.Discount,
  ];
}

export function hasPayment({ status, amountPaid, total, creditUsed }: InvoiceState): boolean {
  return status === "paid" ? amountPaid > 0 : total - creditUsed > 0;
}

export function chargeId(invoiceId: string): string {
  return invoiceId.replace(/^in_/, "ch_");
}

function paymentOf({ id }: InvoiceState): Stripe.InvoicePayment {
  return {
    id: id.replace(/^in_/, "inpay_"),
    object: "invoice_payment",
    invoice: id,
    is_default: true,
    payment: { type: "payment_intent", payment_intent: paymentId(id) },
  } as Partial<Stripe.InvoicePayment> as Stripe.InvoicePayment;
}

function parentOf(subscriptionId: string | null): Stripe.Invoice.Parent | null {
  if (subscriptionId === null) return null;
  const details = { metadata: null, subscription: subscriptionId };
  return { type: "subscription_details", quote_details: null, subscription_details: details };
}

/** The engine has discounts as lines, and Stripe beside them. */
function discountOf(lines: LineState[]): number[] {
  return lines.filter(isDiscount).map(({ amount }) => -amount);
}

function isDiscount({ description }: LineState): boolean {
  return description.startsWith("Discount of");
}

function methodOf({ card }: CustomerState): Stripe.PaymentMethod | null {
  if (!card) return null;
  const { brand, last4, expiryMonth, expiryYear } = card;
  return {
    id: "pm_1",
    object: "payment_method",
    type: "card",
    card: { brand, last4, exp_month: expiryMonth, exp_year: expiryYear },
  } as Stripe.PaymentMethod;
}

function secondsOrNull(moment: Moment | null): number | null {
  return moment === null ? null : seconds(moment);
}
