import { DAY, HOUR } from "../../platform/clock.ts";
import { periodStart } from "../calendar.ts";
import { lookupKey, type Price } from "../prices.ts";
import { nameOf, periodLine, prorationLines } from "./amounts.ts";
import { Ledger, type Payment } from "./ledger.ts";
import type { Coupon, InvoiceState, LineState, Moment, SubscriptionState } from "./state.ts";
import { currentPeriod, markBilled, overagesOf } from "./usage.ts";

/** How long a customer has to confirm or pay the first invoice, or a change. */
const CONFIRM_WITHIN = 23 * HOUR;
/** Days after the first failed attempt at which a renewal is tried again. After the last one, the subscription ends. */
const RETRY_DAYS = [3, 7, 14, 21];

export type Order = { price: Price; seats: number };

/** A customer's subscriptions: how they begin, change, renew and end. */
export abstract class Subscriptions extends Ledger {
  /** The lines to pay for an order that starts at `at`, with those that wait, and the period of its own that it starts, if any. */
  change(subscription: SubscriptionState, order: Order, at: Moment) {
    const startsPeriod = order.price.cycle !== subscription.price.cycle && !isOnTrial(subscription, at);
    const period = startsPeriod ? { from: at, to: nextStart(at, order.price) } : null;
    const lines = [...subscription.waitingLines, ...prorationLines(subscription, order, at, period)];
    return { period, lines };
  }

  /** Charges the change and makes it. If the payment doesn't pass, the subscription stays as it was. */
  changeNow(subscription: SubscriptionState, order: Order, at: Moment): Payment {
    if (isSameOrder(subscription, order)) return { outcome: "paid" };
    this.dropPending(subscription);
    const { waitingLines } = subscription;
    const invoice = this.createInvoice(subscription, "update", this.change(subscription, order, at).lines);
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
    this.emit("customer.subscription.updated", subscription.id);
  }

  schedule(subscription: SubscriptionState, order: Order): void {
    const scheduleId = this.newId("sub_sched");
    subscription.scheduled = { ...order, scheduleId, at: subscription.periodEnd };
    this.emit("customer.subscription.updated", subscription.id);
  }

  releaseSchedule(subscription: SubscriptionState): void {
    if (!subscription.scheduled) return;
    subscription.scheduled = null;
    this.emit("customer.subscription.updated", subscription.id);
  }

  cancelAtEnd(subscription: SubscriptionState): void {
    if (subscription.endedAt !== null) return;
    Object.assign(subscription, { cancelsAtEnd: true, canceledAt: this.now, scheduled: null });
    this.emit("customer.subscription.updated", subscription.id);
  }

  /** As the customer portal does it: a date, without the flag. */
  cancelAt(subscription: SubscriptionState, moment: Moment): void {
    Object.assign(subscription, { cancelAt: moment, canceledAt: this.now, scheduled: null });
    this.emit("customer.subscription.updated", subscription.id);
  }

  keep(subscription: SubscriptionState): void {
    if (subscription.endedAt !== null) return;
    Object.assign(subscription, { cancelsAtEnd: false, cancelAt: null, canceledAt: null });
    this.emit("customer.subscription.updated", subscription.id);
  }

  cancelNow(subscription: SubscriptionState): void {
    if (subscription.endedAt !== null) return;
    this.end(subscription, "canceled");
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

  protected passTime(subscription: SubscriptionState, due: Moment): void {
    if (subscription.endedAt !== null) return;
    const { pending, cancelAt } = subscription;
    if (subscription.status === "incomplete") {
      if (subscription.createdAt + CONFIRM_WITHIN <= due) this.end(subscription, "incomplete_expired");
      return;
    }
    if (couponEndOf(subscription).some((at) => at <= due)) this.endCoupon(subscription);
    if (pending && pending.expiresAt <= due) this.dropPending(subscription);
    if (cancelAt !== null && cancelAt <= due) return this.#endPeriod(subscription);
    if (subscription.periodEnd > due) return;
    if (subscription.cancelsAtEnd) return this.#endPeriod(subscription);
    this.#renew(subscription);
  }

  protected dueMoments(subscription: SubscriptionState): Moment[] {
    if (subscription.endedAt !== null) return [];
    if (subscription.status === "incomplete") return [subscription.createdAt + CONFIRM_WITHIN];
    const { periodEnd, cancelAt, pending } = subscription;
    return [
      periodEnd,
      ...(cancelAt === null ? [] : [cancelAt]),
      ...(pending ? [pending.expiresAt] : []),
      ...couponEndOf(subscription),
    ];
  }

  protected subscribe(
    { price, seats }: Order,
    { trialEndsAt, coupon }: { trialEndsAt: Moment | null; coupon: Coupon | null },
  ): SubscriptionState {
    const end = trialEndsAt ?? nextStart(this.now, price);
    const subscription: SubscriptionState = {
      id: this.newId("sub"),
      status: "incomplete",
      price,
      seats,
      coupon,
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
    this.emit("customer.subscription.created", subscription.id);
    const span = { from: this.now, to: end };
    const line = trialEndsAt === null ? periodLine(subscription, span) : {
      ...periodLine(subscription, span),
      amount: 0,
      description: `Trial of ${nameOf(price)}`,
    };
    this.createInvoice(subscription, "create", [line]);
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
    this.emit("customer.subscription.updated", subscription.id);
    this.pay(this.createInvoice(subscription, "cycle", [...owed, line]));
  }

  /** Ends the subscription with its period. A last invoice bills what is left of it, except after a trial. */
  #endPeriod(subscription: SubscriptionState): void {
    this.dropPending(subscription);
    const owed = isOnTrial(subscription, subscription.periodStart) ? [] : this.#takeOwed(subscription);
    this.end(subscription, "canceled");
    if (owed.length > 0) this.pay(this.createInvoice(subscription, "cycle", owed));
  }

  /** The lines that wait, and usage above the allowances, for an invoice that bills them. */
  #takeOwed(subscription: SubscriptionState): LineState[] {
    const overages = overagesOf(this.state, subscription, this.metrics);
    const lines = [...subscription.waitingLines, ...overages.map(({ line }) => line)];
    markBilled(subscription, overages);
    subscription.waitingLines = [];
    return lines;
  }

  /** A renewal is tried again, until the last try ends the subscription. */
  protected override afterFailure(invoice: InvoiceState): void {
    const subscription = this.subscriptionOf(invoice);
    if (!subscription || invoice.reason !== "cycle" || subscription.endedAt !== null) return;
    if (subscription.status === "active") {
      subscription.status = "past_due";
      this.emit("customer.subscription.updated", subscription.id);
    }
    const next = RETRY_DAYS.map((days) => invoice.createdAt + days * DAY).find((at) => at > this.now);
    if (next !== undefined) invoice.nextAttemptAt = next;
    else this.end(subscription, "canceled");
  }

  protected override afterPayment(invoice: InvoiceState): void {
    const subscription = this.subscriptionOf(invoice);
    if (!subscription || subscription.endedAt !== null) return;
    if (subscription.pending?.invoiceId === invoice.id) this.#makePending(subscription);
    const becomes = statusAfterPayment(subscription, this.now);
    const isOpen = this.state.invoices.some((other) =>
      other.subscriptionId === subscription.id && other.status === "open" && other.reason === "cycle"
    );
    if (becomes === subscription.status || (subscription.status === "past_due" && isOpen)) return;
    subscription.status = becomes;
    this.emit("customer.subscription.updated", subscription.id);
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
    this.emit("customer.subscription.updated", subscription.id);
  }

  /** The invoice of an abandoned first payment is void. That of a failed renewal stays open, and can be paid late. */
  protected end(subscription: SubscriptionState, status: "canceled" | "incomplete_expired"): void {
    this.dropPending(subscription);
    Object.assign(subscription, { status, endedAt: this.now, scheduled: null });
    subscription.canceledAt ??= this.now;
    for (const invoice of this.state.invoices) {
      if (invoice.subscriptionId !== subscription.id || invoice.status !== "open") continue;
      invoice.nextAttemptAt = null;
      if (status === "incomplete_expired") this.void(invoice);
    }
    const type = status === "canceled" ? "customer.subscription.deleted" : "customer.subscription.updated";
    this.emit(type, subscription.id);
  }

  #followingEnd({ anchor, period, price, periodEnd }: SubscriptionState, order: Order): Moment {
    if (order.price.cycle !== price.cycle) return nextStart(periodEnd, order.price);
    return startOf({ anchor, price }, period + 2);
  }
}

/** Whether the subscription is what was ordered. */
export function isSameOrder(one: Order, other: Order): boolean {
  return one.seats === other.seats && lookupKey(one.price) === lookupKey(other.price);
}

export function endsWithPeriod({ cancelsAtEnd, cancelAt, periodEnd }: SubscriptionState): boolean {
  return cancelsAtEnd || (cancelAt !== null && cancelAt <= periodEnd);
}

function couponEndOf({ coupon }: SubscriptionState): Moment[] {
  return coupon && coupon.endsAt !== null ? [coupon.endsAt] : [];
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
