import type { CatalogMetric } from "../gateway/gateway.ts";
import type { Currency } from "../money.ts";
import { type Bill, billOf } from "./amounts.ts";
import { charge } from "./cards.ts";
import type {
  CustomerState,
  EngineEvent,
  InvoiceState,
  LineState,
  Moment,
  SubscriptionState,
} from "./state.ts";

export type Payment =
  | { outcome: "paid" }
  | { outcome: "declined"; reason: string }
  | { outcome: "action_required"; invoiceId: string };

/** A customer's invoices, and what becomes of them. */
export abstract class Ledger {
  readonly events: EngineEvent[] = [];

  constructor(readonly state: CustomerState, protected readonly metrics: readonly CatalogMetric[]) {}

  /** What a payment that failed, or that waits for the customer, does to the subscription. */
  protected abstract afterFailure(invoice: InvoiceState): void;

  /** What a payment does to the subscription. */
  protected abstract afterPayment(invoice: InvoiceState): void;

  get now(): Moment {
    return this.state.now;
  }

  /** What an invoice with these lines would come to at a moment. */
  bill(
    subscription: Pick<SubscriptionState, "coupon"> | null,
    lines: LineState[],
    currency: Currency,
    at: Moment = this.now,
  ): Bill {
    return billOf(lines, { coupon: subscription?.coupon ?? null, currency, credit: this.state.credit, at });
  }

  pay(invoice: InvoiceState, { isPresent = false, isConfirmed = false } = {}): Payment {
    if (invoice.status !== "open") return { outcome: "paid" };
    const due = dueOf(invoice);
    if (due > 0) {
      invoice.attempts++;
      const answer = charge(this.state.card, { isPresent, isConfirmed });
      if (answer.result === "confirm") {
        Object.assign(invoice, { needsAction: true, failure: null });
        this.emit("invoice.payment_action_required", invoice.id);
        this.afterFailure(invoice);
        return { outcome: "action_required", invoiceId: invoice.id };
      }
      if (answer.result === "declined") return this.failed(invoice, answer.reason);
    }
    this.#settle(invoice, due);
    return { outcome: "paid" };
  }

  /** Nobody has to pay the invoice. The credit that it used comes back, and a change that waited for it is dropped. */
  void(invoice: InvoiceState): void {
    if (invoice.status !== "open") return;
    this.state.credit += invoice.creditUsed;
    Object.assign(invoice, { status: "void", nextAttemptAt: null, needsAction: false, creditUsed: 0 });
    this.emit("invoice.voided", invoice.id);
    const waiting = this.state.subscriptions.find(({ pending }) => pending?.invoiceId === invoice.id);
    if (!waiting) return;
    waiting.waitingLines.unshift(...waiting.pending!.waitingLines);
    waiting.pending = null;
    this.emit("customer.subscription.updated", waiting.id);
  }

  /** Gives back what is left of `amount`. Returns how much that was, also when the key comes again. */
  refund(invoice: InvoiceState, amount: number | null, key: string): number {
    const before = invoice.refunds[key];
    if (before !== undefined) return before;
    const left = invoice.amountPaid - invoice.amountRefunded;
    const given = Math.min(left, amount ?? left);
    invoice.refunds[key] = given;
    invoice.amountRefunded += given;
    if (given > 0) this.emit("charge.refunded", invoice.id);
    return given;
  }

  dispute(invoice: InvoiceState): void {
    invoice.isDisputed = true;
    this.emit("charge.dispute.created", invoice.id);
  }

  chargeOnce(
    { amount, currency, description, key }: {
      amount: number;
      currency: Currency;
      description: string;
      key: string;
    },
  ): Payment {
    const known = this.state.invoices.find((invoice) => invoice.key === key);
    if (known) return this.pay(known);
    const line = { description, quantity: 1, amount, periodStart: this.now, periodEnd: this.now };
    const invoice = this.createInvoice(null, "charge", [line], currency);
    invoice.key = key;
    return this.pay(invoice);
  }

  setUsage(metric: string, hour: string, total: number): void {
    (this.state.usage[metric] ??= {})[hour] = total;
  }

  protected createInvoice(
    subscription: SubscriptionState | null,
    reason: InvoiceState["reason"],
    lines: LineState[],
    currency: Currency = subscription?.price.currency ?? "usd",
  ): InvoiceState {
    const { discount, ...bill } = this.bill(subscription, lines, currency);
    if (subscription?.coupon?.duration === "once" && discount > 0) this.endCoupon(subscription);
    this.state.credit += Math.max(0, -bill.total) - bill.creditUsed;
    const invoice: InvoiceState = {
      id: this.newId("in"),
      number: `DEMO-${String(this.state.invoices.length + 1).padStart(4, "0")}`,
      key: null,
      status: "open",
      subscriptionId: subscription?.id ?? null,
      reason,
      currency,
      ...bill,
      amountPaid: 0,
      amountRefunded: 0,
      refunds: {},
      isDisputed: false,
      periodStart: subscription?.periodStart ?? this.now,
      periodEnd: subscription?.periodEnd ?? this.now,
      createdAt: this.now,
      paidAt: null,
      attempts: 0,
      nextAttemptAt: null,
      failure: null,
      needsAction: false,
    };
    this.state.invoices.push(invoice);
    this.emit("invoice.finalized", invoice.id);
    return invoice;
  }

  protected endCoupon(subscription: SubscriptionState): void {
    subscription.coupon = null;
    this.emit("customer.discount.deleted", subscription.id);
  }

  protected failed(invoice: InvoiceState, reason: string): Payment {
    Object.assign(invoice, { failure: reason, needsAction: false });
    this.emit("invoice.payment_failed", invoice.id);
    this.afterFailure(invoice);
    return { outcome: "declined", reason };
  }

  #settle(invoice: InvoiceState, paid: number): void {
    Object.assign(invoice, {
      status: "paid",
      amountPaid: paid,
      paidAt: this.now,
      nextAttemptAt: null,
      failure: null,
      needsAction: false,
    });
    this.emit("invoice.paid", invoice.id);
    this.afterPayment(invoice);
  }

  protected subscriptionOf(invoice: InvoiceState): SubscriptionState | undefined {
    return this.state.subscriptions.find(({ id }) => id === invoice.subscriptionId);
  }

  protected invoiceOf(subscription: SubscriptionState): InvoiceState | undefined {
    return this.state.invoices.findLast(({ subscriptionId }) => subscriptionId === subscription.id);
  }

  protected newId(prefix: string): string {
    return `${prefix}_${this.state.customerId.replace(/^\w+?_/, "")}_${++this.state.lastNumber}`;
  }

  protected emit(type: string, objectId: string): void {
    this.events.push({ id: this.newId("evt"), type, at: this.now, objectId });
  }
}

/** What is left to pay. Credit may pay a part, or all of it. */
export function dueOf({ status, total, creditUsed }: InvoiceState): number {
  return status === "open" ? Math.max(0, total - creditUsed) : 0;
}
