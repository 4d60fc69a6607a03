import { DAY, HOUR } from "../../platform/clock.ts";
import type { CatalogMetric } from "../gateway/gateway.ts";
import type { Currency } from "../money.ts";
import { periodStart } from "../calendar.ts";
import { lookupKey, type Price } from "../prices.ts";
import { type Bill, billOf, nameOf, periodLine, prorationLines } from "./amounts.ts";
import { charge } from "./cards.ts";
import type {
  Card,
  CheckoutState,
  CustomerState,
  EngineEvent,
  InvoiceState,
  LineState,
  Moment,
  SubscriptionState,
} from "./state.ts";
import { currentPeriod, markBilled, overagesOf } from "./usage.ts";

/** How long a customer has to confirm or pay the first invoice, or a change. */
const CONFIRM_WITHIN = 23 * HOUR;
const CHECKOUT_LIFETIME = DAY;
const EXPIRED = "This checkout has expired.";
/** Days after the first failed attempt at which a renewal is tried again. After the last one, the subscription ends. */
const RETRY_DAYS = [3, 7, 14, 21];

export type Order = { price: Price; seats: number };

export type Payment =
  | { outcome: "paid" }
  | { outcome: "declined"; reason: string }
  | { outcome: "action_required"; invoiceId: string };

/** What a moment or an action made of a customer. The given state stays as it was. */
export type Lived<Result> = { state: CustomerState; events: EngineEvent[]; result: Result };

/**
 * Plays a customer's life until `at`, stopping at each moment at which something is due, and then does `work`. The engine knows no
 * clock and no storage: the same arguments always give the same result.
 */
export function live<Result>(
  state: CustomerState,
  metrics: readonly CatalogMetric[],
  at: Moment,
  work: (life: Life) => Result,
): Lived<Result> {
  const life = new Life(structuredClone(state), metrics);
  life.advance(at);
  const result = work(life);
  return { state: life.state, events: life.events, result };
}

/** The next moment after `state.now` at which something happens by itself. Null if nothing will. */
export function nextDue(state: CustomerState): Moment | null {
  return new Life(structuredClone(state), []).nextDue();
}

export class Life {
  readonly events: EngineEvent[] = [];

  constructor(readonly state: CustomerState, private readonly metrics: readonly CatalogMetric[]) {}

  get now(): Moment {
    return this.state.now;
  }

  /** Lets everything happen that is due until `moment`, each at its own time. */
  advance(moment: Moment): void {
    for (let due = this.nextDue(); due !== null && due <= moment; due = this.nextDue()) {
      this.state.now = Math.max(this.state.now, due);
      this.#happen(due);
    }
    this.state.now = Math.max(this.state.now, moment);
  }

  nextDue(): Moment | null {
    const moments = [
      ...this.state.checkouts.filter(({ status }) => status === "open").map(({ expiresAt }) => expiresAt),
      ...this.state.subscriptions.flatMap((each) => this.#dueOf(each)),
      ...this.state.invoices.flatMap(({ status, nextAttemptAt }) =>
        status === "open" && nextAttemptAt !== null ? [nextAttemptAt] : []
      ),
    ];
    return moments.length === 0 ? null : Math.min(...moments);
  }

  openCheckout(order: Order & Pick<CheckoutState, "key" | "trialEndsAt" | "successUrl" | "cancelUrl">) {
    const known = this.state.checkouts.find(({ key }) => key === order.key);
    if (known) return known;
    const checkout: CheckoutState = {
      ...order,
      id: this.#newId("cs"),
      status: "open",
      expiresAt: this.now + CHECKOUT_LIFETIME,
      subscriptionId: null,
    };
    this.state.checkouts.push(checkout);
    return checkout;
  }

  expireCheckout(checkout: CheckoutState): void {
    if (checkout.status !== "open") return;
    checkout.status = "expired";
    this.#emit("checkout.session.expired", checkout.id);
  }

  /**
   * The customer enters a card. A declined payment leaves the checkout open, and of a payment that waits for a confirmation, nothing
   * is left once another card is charged. Paying twice pays once.
   */
  payCheckout(checkout: CheckoutState, card: Card, { discountPercent = 0 } = {}): Payment {
    if (checkout.status === "complete") return { outcome: "paid" };
    if (checkout.status === "expired") return { outcome: "declined", reason: EXPIRED };
    const trialEndsAt = checkout.trialEndsAt !== null && checkout.trialEndsAt > this.now
      ? checkout.trialEndsAt
      : null;
    const setUp = charge(card, { isPresent: true, isConfirmed: false });
    if (setUp.result === "declined") return { outcome: "declined", reason: setUp.reason };
    this.state.card = card;
    this.#emit("payment_method.attached", this.state.customerId);
    this.#dropUnpaid(checkout);
    const subscription = this.#subscribe(checkout, { trialEndsAt, discountPercent });
    checkout.subscriptionId = subscription.id;
    const invoice = this.#invoiceOf(subscription)!;
    const payment = this.pay(invoice, { isPresent: true });
    if (payment.outcome === "paid") this.#complete(checkout);
    return payment;
  }

  /** The customer confirms or refuses a payment at the bank (3-D Secure). */
  answerConfirmation(invoice: InvoiceState, isConfirmed: boolean): Payment {
    if (invoice.status !== "open" || !invoice.needsAction) return { outcome: "paid" };
    if (!isConfirmed) return this.#failed(invoice, "The payment was not confirmed.");
    const payment = this.pay(invoice, { isPresent: true, isConfirmed: true });
    const checkout = this.state.checkouts.find(({ status, subscriptionId }) =>
      status === "open" && subscriptionId === invoice.subscriptionId
    );
    if (payment.outcome === "paid" && checkout) this.#complete(checkout);
    return payment;
  }

  attachCard(card: Card): void {
    this.state.card = card;
    this.#emit("payment_method.attached", this.state.customerId);
  }

  /** The lines to pay for an order that starts at `at`, with those that wait, and the period of its own that it starts, if any. */
  change(subscription: SubscriptionState, order: Order, at: Moment) {
    const startsPeriod = order.price.cycle !== subscription.price.cycle && !isOnTrial(subscription, at);
    const period = startsPeriod ? { from: at, to: nextStart(at, order.price) } : null;
    const lines = [...subscription.waitingLines, ...prorationLines(subscription, order, at, period)];
    return { period, lines };
  }

  /** What an invoice with these lines would come to now. */
  bill(
    subscription: Pick<SubscriptionState, "discountPercent"> | null,
    lines: LineState[],
    currency: Currency,
  ): Bill {
    const discountPercent = subscription?.discountPercent ?? 0;
    return billOf(lines, { discountPercent, currency, credit: this.state.credit, at: this.now });
  }

  /** Charges the change and makes it. If the payment doesn't pass, the subscription stays as it was. */
  changeNow(subscription: SubscriptionState, order: Order, at: Moment): Payment {
    if (isSameOrder(subscription, order)) return { outcome: "paid" };
    this.dropPending(subscription);
    const { waitingLines } = subscription;
    const invoice = this.#invoice(subscription, "update", this.change(subscription, order, at).lines);
    const expiresAt = this.now + CONFIRM_WITHIN;
    subscription.waitingLines = [];
    subscription.pending = { ...order, at, invoiceId: invoice.id, expiresAt, waitingLines };
    return this.pay(invoice, { isPresent: true });
  }

  /** Forgets a change that waits for its payment, and the invoice with it. */
  dropPending(subscription: SubscriptionState): void {
    const invoice = this.state.invoices.find(({ id }) => id === subscription.pending?.invoiceId);
    if (invoice) this.void(invoice);
    subscription.pending = null;
  }

  /** Changes the seats now, and charges the difference with the next invoice. Several changes become one pair of lines. */
  changeSeats(subscription: SubscriptionState, seats: number): void {
    if (seats === subscription.seats) return;
    subscription.waitingLines.push(
      ...prorationLines(subscription, { price: subscription.price, seats }, this.now, null),
    );
    subscription.seats = seats;
    this.#emit("customer.subscription.updated", subscription.id);
  }

  schedule(subscription: SubscriptionState, order: Order): void {
    const scheduleId = this.#newId("sub_sched");
    subscription.scheduled = { ...order, scheduleId, at: subscription.periodEnd };
    this.#emit("customer.subscription.updated", subscription.id);
  }

  releaseSchedule(subscription: SubscriptionState): void {
    if (!subscription.scheduled) return;
    subscription.scheduled = null;
    this.#emit("customer.subscription.updated", subscription.id);
  }

  cancelAtEnd(subscription: SubscriptionState): void {
    if (subscription.endedAt !== null) return;
    Object.assign(subscription, { cancelsAtEnd: true, canceledAt: this.now, scheduled: null });
    this.#emit("customer.subscription.updated", subscription.id);
  }

  /** As the customer portal does it: a date, without the flag. */
  cancelAt(subscription: SubscriptionState, moment: Moment): void {
    Object.assign(subscription, { cancelAt: moment, canceledAt: this.now, scheduled: null });
    this.#emit("customer.subscription.updated", subscription.id);
  }

  keep(subscription: SubscriptionState): void {
    if (subscription.endedAt !== null) return;
    Object.assign(subscription, { cancelsAtEnd: false, cancelAt: null, canceledAt: null });
    this.#emit("customer.subscription.updated", subscription.id);
  }

  cancelNow(subscription: SubscriptionState): void {
    if (subscription.endedAt !== null) return;
    this.#end(subscription, "canceled");
  }

  pay(invoice: InvoiceState, { isPresent = false, isConfirmed = false } = {}): Payment {
    if (invoice.status !== "open") return { outcome: "paid" };
    const due = dueOf(invoice);
    if (due > 0) {
      invoice.attempts++;
      const answer = charge(this.state.card, { isPresent, isConfirmed });
      if (answer.result === "confirm") {
        Object.assign(invoice, { needsAction: true, failure: null });
        this.#emit("invoice.payment_action_required", invoice.id);
        this.#afterFailure(invoice);
        return { outcome: "action_required", invoiceId: invoice.id };
      }
      if (answer.result === "declined") return this.#failed(invoice, answer.reason);
    }
    this.#settle(invoice, due);
    return { outcome: "paid" };
  }

  /** Nobody has to pay the invoice. The credit that it used comes back, and a change that waited for it is dropped. */
  void(invoice: InvoiceState): void {
    if (invoice.status !== "open") return;
    this.state.credit += invoice.creditUsed;
    Object.assign(invoice, { status: "void", nextAttemptAt: null, needsAction: false, creditUsed: 0 });
    this.#emit("invoice.voided", invoice.id);
    const waiting = this.state.subscriptions.find(({ pending }) => pending?.invoiceId === invoice.id);
    if (!waiting) return;
    waiting.waitingLines.unshift(...waiting.pending!.waitingLines);
    waiting.pending = null;
    this.#emit("customer.subscription.updated", waiting.id);
  }

  /** Gives back what is left of `amount`. Returns how much that was, also when the key comes again. */
  refund(invoice: InvoiceState, amount: number | null, key: string): number {
    const before = invoice.refunds[key];
    if (before !== undefined) return before;
    const left = invoice.amountPaid - invoice.amountRefunded;
    const given = Math.min(left, amount ?? left);
    invoice.refunds[key] = given;
    invoice.amountRefunded += given;
    if (given > 0) this.#emit("charge.refunded", invoice.id);
    return given;
  }

  dispute(invoice: InvoiceState): void {
    invoice.isDisputed = true;
    this.#emit("charge.dispute.created", invoice.id);
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
    const invoice = this.#invoice(null, "charge", [line], currency);
    invoice.key = key;
    return this.pay(invoice);
  }

  setUsage(metric: string, hour: string, total: number): void {
    (this.state.usage[metric] ??= {})[hour] = total;
  }

  deleteCustomer(): void {
    for (const subscription of this.state.subscriptions) this.cancelNow(subscription);
    for (const checkout of this.state.checkouts) this.expireCheckout(checkout);
    Object.assign(this.state, { isDeleted: true, card: null });
    this.#emit("customer.deleted", this.state.customerId);
  }

  /** The invoice that the end of the period will make of the subscription, without what may still be used. */
  nextLines(subscription: SubscriptionState): LineState[] {
    const order = subscription.scheduled ?? subscription;
    const from = subscription.periodEnd;
    return [
      ...subscription.waitingLines,
      ...overagesOf(this.state, subscription, this.metrics).map(({ line }) => line),
      ...(endsWithPeriod(subscription)
        ? []
        : [periodLine(order, { from, to: this.#followingEnd(subscription, order) })]),
    ];
  }

  #happen(due: Moment): void {
    for (const checkout of this.state.checkouts) {
      if (checkout.status === "open" && checkout.expiresAt <= due) this.expireCheckout(checkout);
    }
    for (const invoice of this.state.invoices) {
      if (invoice.status === "open" && invoice.nextAttemptAt !== null && invoice.nextAttemptAt <= due) {
        this.#retry(invoice);
      }
    }
    for (const subscription of this.state.subscriptions) this.#passTime(subscription, due);
  }

  #passTime(subscription: SubscriptionState, due: Moment): void {
    if (subscription.endedAt !== null) return;
    const { pending, cancelAt } = subscription;
    if (subscription.status === "incomplete") {
      if (subscription.createdAt + CONFIRM_WITHIN <= due) this.#end(subscription, "incomplete_expired");
      return;
    }
    if (pending && pending.expiresAt <= due) this.dropPending(subscription);
    if (cancelAt !== null && cancelAt <= due) return this.#endPeriod(subscription);
    if (subscription.periodEnd > due) return;
    if (subscription.cancelsAtEnd) return this.#endPeriod(subscription);
    this.#renew(subscription);
  }

  #dueOf(subscription: SubscriptionState): Moment[] {
    if (subscription.endedAt !== null) return [];
    if (subscription.status === "incomplete") return [subscription.createdAt + CONFIRM_WITHIN];
    const { periodEnd, cancelAt, pending } = subscription;
    return [periodEnd, ...(cancelAt === null ? [] : [cancelAt]), ...(pending ? [pending.expiresAt] : [])];
  }

  #subscribe(
    { price, seats }: Order,
    { trialEndsAt, discountPercent }: { trialEndsAt: Moment | null; discountPercent: number },
  ): SubscriptionState {
    const end = trialEndsAt ?? nextStart(this.now, price);
    const subscription: SubscriptionState = {
      id: this.#newId("sub"),
      status: "incomplete",
      price,
      seats,
      discountPercent,
      createdAt: this.now,
      anchor: trialEndsAt ?? this.now,
      period: trialEndsAt === null ? 0 : -1,
      periodStart: this.now,
      periodEnd: end,
      trialEndsAt,
      cancelsAtEnd: false,
      cancelAt: null,
      canceledAt: null,
      endedAt: null,
      scheduled: null,
      pending: null,
      waitingLines: [],
      closedPeriods: [],
      billedUsage: {},
    };
    this.state.subscriptions.push(subscription);
    this.#emit("customer.subscription.created", subscription.id);
    const span = { from: this.now, to: end };
    const line = trialEndsAt === null ? periodLine(subscription, span) : {
      ...periodLine(subscription, span),
      amount: 0,
      description: `Trial of ${nameOf(price)}`,
    };
    this.#invoice(subscription, "create", [line]);
    return subscription;
  }

  #renew(subscription: SubscriptionState): void {
    const { scheduled } = subscription;
    const owed = this.#takeOwed(subscription);
    subscription.closedPeriods.push(currentPeriod(subscription));
    const isNewCycle = scheduled !== null && scheduled.price.cycle !== subscription.price.cycle;
    if (scheduled) Object.assign(subscription, { price: scheduled.price, seats: scheduled.seats });
    if (isNewCycle) Object.assign(subscription, { anchor: subscription.periodEnd, period: -1 });
    subscription.period++;
    subscription.periodStart = subscription.periodEnd;
    subscription.periodEnd = startOf(subscription, subscription.period + 1);
    subscription.scheduled = null;
    if (subscription.status === "trialing") subscription.status = "active";
    const line = periodLine(subscription, { from: subscription.periodStart, to: subscription.periodEnd });
    this.#emit("customer.subscription.updated", subscription.id);
    this.pay(this.#invoice(subscription, "cycle", [...owed, line]));
  }

  /** Ends the subscription with its period. A last invoice bills what is left of it, except after a trial. */
  #endPeriod(subscription: SubscriptionState): void {
    this.dropPending(subscription);
    const owed = isOnTrial(subscription, subscription.periodStart) ? [] : this.#takeOwed(subscription);
    this.#end(subscription, "canceled");
    if (owed.length > 0) this.pay(this.#invoice(subscription, "cycle", owed));
  }

  /** The lines that wait, and usage above the allowances, for an invoice that bills them. */
  #takeOwed(subscription: SubscriptionState): LineState[] {
    const overages = overagesOf(this.state, subscription, this.metrics);
    const lines = [...subscription.waitingLines, ...overages.map(({ line }) => line)];
    markBilled(subscription, overages);
    subscription.waitingLines = [];
    return lines;
  }

  #invoice(
    subscription: SubscriptionState | null,
    reason: InvoiceState["reason"],
    lines: LineState[],
    currency: Currency = subscription?.price.currency ?? "usd",
  ): InvoiceState {
    const bill = this.bill(subscription, lines, currency);
    this.state.credit += Math.max(0, -bill.total) - bill.creditUsed;
    const invoice: InvoiceState = {
      id: this.#newId("in"),
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
    this.#emit("invoice.finalized", invoice.id);
    return invoice;
  }

  #retry(invoice: InvoiceState): void {
    invoice.nextAttemptAt = null;
    this.pay(invoice);
  }

  #failed(invoice: InvoiceState, reason: string): Payment {
    Object.assign(invoice, { failure: reason, needsAction: false });
    this.#emit("invoice.payment_failed", invoice.id);
    this.#afterFailure(invoice);
    return { outcome: "declined", reason };
  }

  /** A renewal is tried again, until the last try ends the subscription. */
  #afterFailure(invoice: InvoiceState): void {
    const subscription = this.#subscriptionOf(invoice);
    if (!subscription || invoice.reason !== "cycle" || subscription.endedAt !== null) return;
    if (subscription.status === "active") {
      subscription.status = "past_due";
      this.#emit("customer.subscription.updated", subscription.id);
    }
    const next = RETRY_DAYS.map((days) => invoice.createdAt + days * DAY).find((at) => at > this.now);
    if (next !== undefined) invoice.nextAttemptAt = next;
    else this.#end(subscription, "canceled");
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
    this.#emit("invoice.paid", invoice.id);
    const subscription = this.#subscriptionOf(invoice);
    if (!subscription || subscription.endedAt !== null) return;
    if (subscription.pending?.invoiceId === invoice.id) this.#makePending(subscription);
    const becomes = statusAfterPayment(subscription, this.now);
    const isOpen = this.state.invoices.some((other) =>
      other.subscriptionId === subscription.id && other.status === "open" && other.reason === "cycle"
    );
    if (becomes === subscription.status || (subscription.status === "past_due" && isOpen)) return;
    subscription.status = becomes;
    this.#emit("customer.subscription.updated", subscription.id);
  }

  #makePending(subscription: SubscriptionState): void {
    const { price, seats, at } = subscription.pending!;
    const { period } = this.change(subscription, { price, seats }, at);
    if (period) {
      subscription.closedPeriods.push(currentPeriod(subscription, at));
      Object.assign(subscription, {
        anchor: at,
        period: 0,
        periodStart: period.from,
        periodEnd: period.to,
      });
    }
    Object.assign(subscription, { price, seats, pending: null, scheduled: null });
    this.#emit("customer.subscription.updated", subscription.id);
  }

  /** The invoice of an abandoned first payment is void. That of a failed renewal stays open, and can be paid late. */
  #end(subscription: SubscriptionState, status: "canceled" | "incomplete_expired"): void {
    this.dropPending(subscription);
    Object.assign(subscription, { status, endedAt: this.now, scheduled: null });
    subscription.canceledAt ??= this.now;
    for (const invoice of this.state.invoices) {
      if (invoice.subscriptionId !== subscription.id || invoice.status !== "open") continue;
      invoice.nextAttemptAt = null;
      if (status === "incomplete_expired") this.void(invoice);
    }
    const type = status === "canceled" ? "customer.subscription.deleted" : "customer.subscription.updated";
    this.#emit(type, subscription.id);
  }

  #complete(checkout: CheckoutState): void {
    checkout.status = "complete";
    this.#emit("checkout.session.completed", checkout.id);
  }

  /** The order of an earlier card that nobody confirmed. */
  #dropUnpaid({ subscriptionId }: CheckoutState): void {
    const unpaid = this.state.subscriptions.find(({ id }) => id === subscriptionId);
    if (unpaid?.status === "incomplete") this.#end(unpaid, "incomplete_expired");
  }

  #followingEnd({ anchor, period, price, periodEnd }: SubscriptionState, order: Order): Moment {
    if (order.price.cycle !== price.cycle) return nextStart(periodEnd, order.price);
    return startOf({ anchor, price }, period + 2);
  }

  #subscriptionOf(invoice: InvoiceState): SubscriptionState | undefined {
    return this.state.subscriptions.find(({ id }) => id === invoice.subscriptionId);
  }

  #invoiceOf(subscription: SubscriptionState): InvoiceState | undefined {
    return this.state.invoices.findLast(({ subscriptionId }) => subscriptionId === subscription.id);
  }

  #newId(prefix: string): string {
    return `${prefix}_${this.state.customerId.replace(/^\w+?_/, "")}_${++this.state.lastNumber}`;
  }

  #emit(type: string, objectId: string): void {
    this.events.push({ id: this.#newId("evt"), type, at: this.now, objectId });
  }
}

/** What is left to pay. Credit may pay a part, or all of it. */
export function dueOf({ status, total, creditUsed }: InvoiceState): number {
  return status === "open" ? Math.max(0, total - creditUsed) : 0;
}

/** Whether the subscription is what was ordered. */
export function isSameOrder(one: Order, other: Order): boolean {
  return one.seats === other.seats && lookupKey(one.price) === lookupKey(other.price);
}

export function endsWithPeriod({ cancelsAtEnd, cancelAt, periodEnd }: SubscriptionState): boolean {
  return cancelsAtEnd || (cancelAt !== null && cancelAt <= periodEnd);
}

function isOnTrial({ trialEndsAt }: SubscriptionState, at: Moment): boolean {
  return trialEndsAt !== null && trialEndsAt > at;
}

function statusAfterPayment(subscription: SubscriptionState, now: Moment): "trialing" | "active" {
  return isOnTrial(subscription, now) ? "trialing" : "active";
}

function startOf({ anchor, price }: Pick<SubscriptionState, "anchor" | "price">, period: number): Moment {
  return periodStart(new Date(anchor), price.cycle, period).getTime();
}

function nextStart(from: Moment, { cycle }: Price): Moment {
  return periodStart(new Date(from), cycle, 1).getTime();
}
