import type Stripe from "stripe";
import { logOf } from "../../../platform/log.ts";
import { CURRENCIES, currencyOf } from "../../money.ts";
import { type GatewayInvoice, INVOICE_STATUSES, type InvoiceLine } from "../account.ts";
import { expanded, idOf, toDate, toDateOrNull } from "./shapes.ts";

const log = logOf("billing");

/** The payments of invoices by their ids, with their latest charges expanded. */
export type Payments = ReadonlyMap<string, Stripe.PaymentIntent>;

/** Null for an invoice in a currency that isn't declared, which somebody must have written by hand. */
export function toInvoice(invoice: Stripe.Invoice, payments: Payments): GatewayInvoice | null {
  if (!CURRENCIES.some((one) => one === invoice.currency)) {
    log.warn("an invoice in an unknown currency was left out", { invoiceId: invoice.id });
    return null;
  }
  const status = INVOICE_STATUSES.find((one) => one === invoice.status) ?? "draft";
  const isOpen = status === "open";
  const { intents, charges } = paymentsOf(invoice, payments);
  const latest = intents.at(-1);
  const needsAction = isOpen && latest?.status === "requires_action";
  const refunded = charges.reduce((sum, { amount_refunded }) => sum + amount_refunded, 0);
  return {
    id: invoice.id,
    number: invoice.number,
    status,
    subscriptionId: idOf(invoice.parent?.subscription_details?.subscription),
    currency: currencyOf(invoice.currency),
    total: invoice.total,
    amountDue: isOpen ? invoice.amount_remaining : 0,
    amountPaid: invoice.amount_paid,
    amountRefunded: Math.min(refunded, invoice.amount_paid),
    isDisputed: charges.some(({ disputed }) => disputed),
    ...servicePeriod(invoice),
    createdAt: toDate(invoice.created),
    paidAt: toDateOrNull(invoice.status_transitions?.paid_at),
    attempts: invoice.attempt_count ?? 0,
    nextAttemptAt: isOpen ? toDateOrNull(invoice.next_payment_attempt) : null,
    failure: isOpen && !needsAction ? latest?.last_payment_error?.message ?? null : null,
    needsAction,
    payUrl: isOpen ? invoice.hosted_invoice_url ?? null : null,
    pdfUrl: invoice.invoice_pdf ?? null,
    lines: toLines(invoice),
  };
}

/** Lines that add up to the total: Stripe keeps discounts, and taxes that come on top, apart. */
export function toLines(
  { lines, created, total_discount_amounts, total_taxes }: Pick<
    Stripe.Invoice,
    "lines" | "created" | "total_discount_amounts" | "total_taxes"
  >,
): InvoiceLine[] {
  const at = toDate(created);
  const extra = (description: string, amount: number): InvoiceLine[] =>
    amount === 0 ? [] : [{ description, quantity: 1, amount, periodStart: at, periodEnd: at }];
  const onTop = (total_taxes ?? []).filter(({ tax_behavior }) => tax_behavior === "exclusive");
  return [
    ...lines.data.map(toLine),
    ...extra("Discount", -sumOf(total_discount_amounts ?? [])),
    ...extra("Tax", sumOf(onTop)),
  ];
}

function sumOf(parts: readonly { amount: number }[]): number {
  return parts.reduce((sum, { amount }) => sum + amount, 0);
}

/** The ids of the payments that an invoice has, the default one last. */
export function paymentIds({ payments }: Pick<Stripe.Invoice, "payments">): string[] {
  return (payments?.data ?? []).toSorted((one, other) => Number(one.is_default) - Number(other.is_default))
    .map(({ payment }) => idOf(payment.payment_intent)).filter((id) => id !== null);
}

function paymentsOf(invoice: Stripe.Invoice, payments: Payments) {
  const intents = paymentIds(invoice).map((id) => payments.get(id)).filter((intent) => intent !== undefined);
  const charges = intents.map(({ latest_charge }) => expanded(latest_charge)).filter((one) => one !== null);
  return { intents, charges };
}

function toLine({ description, quantity, amount, period }: Stripe.InvoiceLineItem): InvoiceLine {
  return {
    description: description ?? "",
    quantity: quantity ?? 1,
    amount,
    periodStart: toDate(period.start),
    periodEnd: toDate(period.end),
  };
}

/**
 * The period that is paid for. An invoice's own period at Stripe is the one before, in which its items were collected, so the lines
 * count: that of the plan if there is one.
 */
function servicePeriod({ lines, period_start, period_end }: Stripe.Invoice) {
  const periods = (lines.data.some(isPlanLine) ? lines.data.filter(isPlanLine) : lines.data)
    .map(({ period }) => period);
  if (periods.length === 0) return { periodStart: toDate(period_start), periodEnd: toDate(period_end) };
  return {
    periodStart: toDate(Math.min(...periods.map(({ start }) => start))),
    periodEnd: toDate(Math.max(...periods.map(({ end }) => end))),
  };
}

/** A whole period of a plan. Metrics are billed for the period before, and prorations for a part. */
function isPlanLine({ parent, period }: Stripe.InvoiceLineItem, _: number, all: Stripe.InvoiceLineItem[]) {
  const latest = Math.max(...all.map(({ period }) => period.end));
  return parent?.subscription_item_details?.proration === false && period.end === latest;
}
