import { dueOf } from "../../engine/ledger.ts";
import { endsWithPeriod } from "../../engine/subscriptions.ts";
import type {
  CustomerState,
  InvoiceState,
  LineState,
  Moment,
  SubscriptionState,
} from "../../engine/state.ts";
import type { GatewayAccount, GatewayInvoice, GatewaySubscription, InvoiceLine } from "../account.ts";

const MOST_INVOICES = 100;

/** What the gateway says of a customer. `pageOf` is where an invoice is paid or confirmed. */
export function toAccount(
  state: CustomerState,
  { clockAhead, pageOf }: { clockAhead: number; pageOf: (invoice: InvoiceState) => string },
): GatewayAccount {
  const { customerId, isDeleted, card, credit, subscriptions, invoices } = state;
  return {
    customerId,
    isDeleted,
    isLive: false,
    clockAhead,
    paymentMethod: card && !isDeleted
      ? { brand: card.brand, last4: card.last4, expiryMonth: card.expiryMonth, expiryYear: card.expiryYear }
      : null,
    credit,
    subscriptions: isDeleted ? [] : subscriptions.map(toSubscription).reverse(),
    invoices: isDeleted
      ? []
      : invoices.slice(-MOST_INVOICES).map((invoice) => toInvoice(invoice, pageOf)).reverse(),
  };
}

export function toInvoice(
  invoice: InvoiceState,
  pageOf: (invoice: InvoiceState) => string,
): GatewayInvoice {
  const { id, number, status, subscriptionId, currency, total, amountPaid, amountRefunded } = invoice;
  return {
    id,
    number,
    status,
    subscriptionId,
    currency,
    total,
    amountDue: dueOf(invoice),
    amountPaid,
    amountRefunded,
    isDisputed: invoice.isDisputed,
    periodStart: new Date(invoice.periodStart),
    periodEnd: new Date(invoice.periodEnd),
    createdAt: new Date(invoice.createdAt),
    paidAt: dateOf(invoice.paidAt),
    attempts: invoice.attempts,
    nextAttemptAt: dateOf(invoice.nextAttemptAt),
    failure: invoice.failure,
    needsAction: invoice.needsAction,
    payUrl: status === "open" ? pageOf(invoice) : null,
    pdfUrl: null,
    lines: invoice.lines.map(toLine),
  };
}

export function toLine({ periodStart, periodEnd, ...line }: LineState): InvoiceLine {
  return { ...line, periodStart: new Date(periodStart), periodEnd: new Date(periodEnd) };
}

function toSubscription(subscription: SubscriptionState): GatewaySubscription {
  const { id, status, price, seats, scheduled, pending, periodEnd, cancelAt, coupon } = subscription;
  return {
    id,
    status,
    price,
    seats,
    createdAt: new Date(subscription.createdAt),
    currentPeriodStart: new Date(subscription.periodStart),
    currentPeriodEnd: new Date(periodEnd),
    trialEndsAt: dateOf(subscription.trialEndsAt),
    cancelAt: dateOf(cancelAt ?? (endsWithPeriod(subscription) ? periodEnd : null)),
    canceledAt: dateOf(subscription.canceledAt),
    endedAt: dateOf(subscription.endedAt),
    scheduled: scheduled && { ...scheduled, at: new Date(scheduled.at) },
    discounts: coupon && coupon.duration !== "once"
      ? [{ off: coupon.off, endsAt: dateOf(coupon.endsAt) }]
      : [],
    pending: pending &&
      { price: pending.price, seats: pending.seats, expiresAt: new Date(pending.expiresAt) },
  };
}

function dateOf(moment: Moment | null): Date | null {
  return moment === null ? null : new Date(moment);
}
