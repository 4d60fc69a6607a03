import { DAY } from "../../platform/clock.ts";
import type { CatalogMetric } from "../gateway/gateway.ts";
import { charge } from "./cards.ts";
import type { Payment } from "./ledger.ts";
import type {
  Card,
  CheckoutState,
  Coupon,
  CustomerState,
  EngineEvent,
  InvoiceState,
  Moment,
} from "./state.ts";
import { type Order, Subscriptions } from "./subscriptions.ts";

const CHECKOUT_LIFETIME = DAY;
const EXPIRED = "This checkout has expired.";

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

/** A customer's life: time passes, and people order, pay and leave. */
export class Life extends Subscriptions {
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
      ...this.state.subscriptions.flatMap((each) => this.dueMoments(each)),
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
      id: this.newId("cs"),
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
    this.emit("checkout.session.expired", checkout.id);
  }

  /**
   * The customer enters a card. A declined payment leaves the checkout open, and of a payment that waits for a confirmation, nothing
   * is left once another card is charged. Paying twice pays once.
   */
  payCheckout(
    checkout: CheckoutState,
    card: Card,
    { coupon = null }: { coupon?: Coupon | null } = {},
  ): Payment {
    if (checkout.status === "complete") return { outcome: "paid" };
    if (checkout.status === "expired") return { outcome: "declined", reason: EXPIRED };
    const trialEndsAt = checkout.trialEndsAt !== null && checkout.trialEndsAt > this.now
      ? checkout.trialEndsAt
      : null;
    const setUp = charge(card, { isPresent: true, isConfirmed: false });
    if (setUp.result === "declined") return { outcome: "declined", reason: setUp.reason };
    this.state.card = card;
    this.emit("payment_method.attached", this.state.customerId);
    this.#dropUnpaid(checkout);
    const subscription = this.subscribe(checkout, { trialEndsAt, coupon });
    checkout.subscriptionId = subscription.id;
    const invoice = this.invoiceOf(subscription)!;
    const payment = this.pay(invoice, { isPresent: true });
    if (payment.outcome === "paid") this.#complete(checkout);
    return payment;
  }

  /** The customer confirms or refuses a payment at the bank (3-D Secure). */
  answerConfirmation(invoice: InvoiceState, isConfirmed: boolean): Payment {
    if (invoice.status !== "open" || !invoice.needsAction) return { outcome: "paid" };
    if (!isConfirmed) return this.failed(invoice, "The payment was not confirmed.");
    const payment = this.pay(invoice, { isPresent: true, isConfirmed: true });
    const checkout = this.state.checkouts.find(({ status, subscriptionId }) =>
      status === "open" && subscriptionId === invoice.subscriptionId
    );
    if (payment.outcome === "paid" && checkout) this.#complete(checkout);
    return payment;
  }

  attachCard(card: Card): void {
    this.state.card = card;
    this.emit("payment_method.attached", this.state.customerId);
  }

  deleteCustomer(): void {
    for (const subscription of this.state.subscriptions) this.cancelNow(subscription);
    for (const checkout of this.state.checkouts) this.expireCheckout(checkout);
    Object.assign(this.state, { isDeleted: true, card: null });
    this.emit("customer.deleted", this.state.customerId);
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
    for (const subscription of this.state.subscriptions) this.passTime(subscription, due);
  }

  #retry(invoice: InvoiceState): void {
    invoice.nextAttemptAt = null;
    this.pay(invoice);
  }

  #complete(checkout: CheckoutState): void {
    checkout.status = "complete";
    this.emit("checkout.session.completed", checkout.id);
  }

  /** The order of an earlier card that nobody confirmed. */
  #dropUnpaid({ subscriptionId }: CheckoutState): void {
    const unpaid = this.state.subscriptions.find(({ id }) => id === subscriptionId);
    if (unpaid?.status === "incomplete") this.end(unpaid, "incomplete_expired");
  }
}
