import { createHmac } from "node:crypto";
import { z } from "zod";
import { DAY, SECOND } from "../../../platform/clock.ts";
import { isSameSecret } from "../../../platform/crypto.ts";
import type { Services } from "../../../ports.ts";
import type { Life, Payment } from "../../engine/engine.ts";
import { endsWithPeriod, isSameOrder } from "../../engine/engine.ts";
import type {
  Card,
  CheckoutState,
  CustomerState,
  InvoiceState,
  LineState,
  SubscriptionState,
} from "../../engine/state.ts";
import { currentPeriod } from "../../engine/usage.ts";
import type { Money } from "../../money.ts";
import type { GatewayAccount, GatewayInvoice } from "../account.ts";
import type {
  CatalogMetric,
  ChangePreview,
  Checkout,
  CheckoutOrder,
  CustomerInput,
  Gateway,
  PaymentOutcome,
  SubscriptionChange,
  UsageReport,
  VerifiedEvent,
} from "../gateway.ts";
import { unknownObject } from "../gateway_errors.ts";
import { type OnEvents, SandboxCustomers } from "./customers.ts";
import { toAccount, toInvoice, toLine } from "./to_account.ts";

/** A signed event may be this old, or this far ahead. */
const TOLERANCE = 300 * SECOND;

const eventBody = z.object({
  id: z.string(),
  type: z.string(),
  created_at: z.coerce.date(),
  customer_id: z.string().nullable(),
});

/** A gateway without a bank: it plays customers with the engine, and moves no money. Never in production. */
export class SandboxGateway implements Gateway {
  readonly name = "sandbox";
  readonly isLive = false;
  readonly #services: Services;
  readonly #customers: SandboxCustomers;

  constructor(services: Services, metrics: readonly CatalogMetric[], onEvents: OnEvents) {
    this.#services = services;
    this.#customers = new SandboxCustomers(services, metrics, onEvents);
  }

  async ensureCustomer(customer: CustomerInput): Promise<string> {
    if (customer.customerId === null) return await this.#customers.create(customer);
    const { name, email } = customer;
    const isDeleted = await this.#customers.change(customer.customerId, (life) => {
      Object.assign(life.state, { name, email });
      return life.state.isDeleted;
    });
    return isDeleted ? await this.#customers.create(customer) : customer.customerId;
  }

  async openCheckout({ customerId, trialEndsAt, ...order }: CheckoutOrder): Promise<Checkout> {
    const { checkout, now } = await this.#onCustomer(customerId, (life) => ({
      checkout: life.openCheckout({ ...order, trialEndsAt: trialEndsAt?.getTime() ?? null }),
      now: life.now,
    }));
    const chargesAt = checkout.trialEndsAt !== null && checkout.trialEndsAt > now
      ? checkout.trialEndsAt
      : now;
    return {
      id: checkout.id,
      url: this.#page(`checkout/${checkout.id}`),
      expiresAt: new Date(checkout.expiresAt),
      chargesAt: new Date(chargesAt),
    };
  }

  async expireCheckout(checkoutId: string): Promise<void> {
    await this.#customers.change(
      customerOf(checkoutId),
      (life) => life.expireCheckout(find(life.state.checkouts, checkoutId)),
    );
  }

  async openPortal({ customerId, returnUrl }: { customerId: string; returnUrl: string }) {
    if ((await this.getCustomer(customerId)).isDeleted) throw unknownObject(customerId);
    const query = new URLSearchParams({ return_url: returnUrl });
    return { url: `${this.#page(`portal/${customerId}`)}?${query}` };
  }

  async previewChange({ subscriptionId, price, seats, at }: SubscriptionChange): Promise<ChangePreview> {
    return await this.#customers.look(customerOf(subscriptionId), (life) => {
      const subscription = find(life.state.subscriptions, subscriptionId);
      const order = isSameOrder(subscription, { price, seats }) ? null : { price, seats };
      if (order) life.dropPending(subscription);
      const { lines, period } = order
        ? life.change(subscription, order, at.getTime())
        : { lines: [], period: null };
      const now = life.bill(subscription, lines, price.currency);
      const next = nextInvoice(life, subscription, order, period?.to);
      const after = life.bill(subscription, next.lines, price.currency);
      return {
        dueNow: { amount: Math.max(0, now.total - now.creditUsed), currency: price.currency },
        lines: now.lines.map(toLine),
        next: {
          at: new Date(next.at),
          total: { amount: after.total, currency: price.currency },
          lines: after.lines.map(toLine),
        },
      };
    });
  }

  async change({ subscriptionId, price, seats, at }: SubscriptionChange): Promise<PaymentOutcome> {
    const payment = await this.#customers.change(
      customerOf(subscriptionId),
      (life) =>
        life.changeNow(
          find(life.state.subscriptions, subscriptionId),
          { price, seats },
          Math.min(at.getTime(), life.now),
        ),
    );
    return this.#outcome(payment);
  }

  async changeSeats({ subscriptionId, seats }: { subscriptionId: string; seats: number }): Promise<void> {
    await this.#onSubscription(subscriptionId, (life, subscription) => life.changeSeats(subscription, seats));
  }

  async scheduleChange({ subscriptionId, price, seats }: Omit<SubscriptionChange, "at">): Promise<void> {
    await this.#onSubscription(
      subscriptionId,
      (life, subscription) => life.schedule(subscription, { price, seats }),
    );
  }

  async releaseSchedule(subscriptionId: string): Promise<void> {
    await this.#onSubscription(subscriptionId, (life, subscription) => life.releaseSchedule(subscription));
  }

  async cancelAtEnd(subscriptionId: string): Promise<void> {
    await this.#onSubscription(subscriptionId, (life, subscription) => life.cancelAtEnd(subscription));
  }

  async cancelNow(subscriptionId: string): Promise<void> {
    await this.#onSubscription(subscriptionId, (life, subscription) => life.cancelNow(subscription));
  }

  async keep(subscriptionId: string): Promise<void> {
    await this.#onSubscription(subscriptionId, (life, subscription) => life.keep(subscription));
  }

  async fetchAccount(customerId: string): Promise<GatewayAccount> {
    await this.#catchUp(customerId);
    return await this.#customers.look(
      customerId,
      ({ state }, clockAhead) => toAccount(state, { clockAhead, pageOf: this.#invoicePage }),
    );
  }

  async fetchInvoice(invoiceId: string): Promise<GatewayInvoice> {
    const { invoice } = await this.getInvoice(invoiceId);
    return toInvoice(invoice, this.#invoicePage);
  }

  async payInvoice(invoiceId: string): Promise<PaymentOutcome> {
    return this.#outcome(
      await this.#customers.change(
        customerOf(invoiceId),
        (life) => life.pay(find(life.state.invoices, invoiceId)),
      ),
    );
  }

  async voidInvoice(invoiceId: string): Promise<void> {
    await this.#customers.change(
      customerOf(invoiceId),
      (life) => life.void(find(life.state.invoices, invoiceId)),
    );
  }

  async refund(
    { invoiceId, amount, key }: { invoiceId: string; amount: number | null; key: string },
  ): Promise<Money> {
    return await this.#customers.change(customerOf(invoiceId), (life) => {
      const invoice = find(life.state.invoices, invoiceId);
      return { amount: life.refund(invoice, amount, key), currency: invoice.currency };
    });
  }

  async charge(
    { customerId, money, description, key }: {
      customerId: string;
      money: Money;
      description: string;
      key: string;
    },
  ): Promise<PaymentOutcome> {
    return this.#outcome(
      await this.#onCustomer(customerId, (life) => life.chargeOnce({ ...money, description, key })),
    );
  }

  /** The sandbox sells whatever the code declares. */
  diffCatalog() {
    return Promise.resolve([]);
  }

  applyCatalog() {
    return Promise.resolve();
  }

  async reportUsage({ customerId, metric, hour, total }: UsageReport): Promise<void> {
    await this.#customers.change(customerId, (life) => life.setUsage(metric, hour.toISOString(), total));
  }

  verifyEvent(body: Uint8Array, signature: string | undefined): Promise<VerifiedEvent> {
    return Promise.resolve(this.#verify(new TextDecoder().decode(body), signature));
  }

  /** The header that `verifyEvent` accepts: `t=<seconds>,v1=<hex>`, as Stripe writes it. */
  signEvent(body: string, at: Date = this.#services.clock.now()): string {
    const seconds = Math.floor(at.getTime() / SECOND);
    return `t=${seconds},v1=${this.#digest(seconds, body)}`;
  }

  /** The open checkout's page shows this. Throws `not_found`. */
  async getCheckout(checkoutId: string): Promise<{ checkout: CheckoutState; customer: CustomerState }> {
    const customer = await this.getCustomer(customerOf(checkoutId));
    return { checkout: find(customer.checkouts, checkoutId), customer };
  }

  async payCheckout(checkoutId: string, card: Card): Promise<Payment> {
    return await this.#customers.change(
      customerOf(checkoutId),
      (life) => life.payCheckout(find(life.state.checkouts, checkoutId), card),
    );
  }

  /** An invoice with its customer, for the page that pays or confirms it. Throws `not_found`. */
  async getInvoice(invoiceId: string): Promise<{ invoice: InvoiceState; customer: CustomerState }> {
    const customer = await this.getCustomer(customerOf(invoiceId));
    return { invoice: find(customer.invoices, invoiceId), customer };
  }

  async answerConfirmation(invoiceId: string, isConfirmed: boolean): Promise<Payment> {
    return await this.#customers.change(
      customerOf(invoiceId),
      (life) => life.answerConfirmation(find(life.state.invoices, invoiceId), isConfirmed),
    );
  }

  async getCustomer(customerId: string): Promise<CustomerState> {
    return await this.#customers.look(customerId, ({ state }) => state);
  }

  /** A new card. It pays what is open, but of orders that were never paid only the one of `invoiceId`. */
  async replaceCard(customerId: string, card: Card, invoiceId: string | null = null): Promise<void> {
    await this.#customers.change(customerId, (life) => {
      life.attachCard(card);
      for (const invoice of life.state.invoices) {
        if (invoice.reason !== "create" || invoice.id === invoiceId) life.pay(invoice, { isPresent: true });
      }
    });
  }

  async deleteCustomer(customerId: string): Promise<void> {
    await this.#customers.change(customerId, (life) => life.deleteCustomer());
  }

  /** Lets a test do anything that can happen at a gateway, such as a dispute. */
  async play<Result>(customerId: string, work: (life: Life) => Result): Promise<Result> {
    return await this.#customers.change(customerId, work);
  }

  /**
   * Moves the customer's clock forward to the next moment at which something is due, or by a day if that is sooner, and by
   * `milliseconds` at the most. Returns how far it moved.
   */
  async advance(customerId: string, milliseconds: number): Promise<number> {
    const { due, now } = await this.#customers.due(customerId);
    const step = Math.min(milliseconds, DAY, due === null || due <= now ? Infinity : due - now);
    const whole = Math.max(SECOND, Math.ceil(step / SECOND) * SECOND);
    await this.#customers.change(customerId, () => {}, { ahead: whole });
    return whole;
  }

  /** Lets what is due by the real time happen. */
  async #catchUp(customerId: string): Promise<void> {
    const { due, now } = await this.#customers.due(customerId);
    if (due !== null && due <= now) await this.#customers.change(customerId, () => {});
  }

  /** Changes a customer who isn't deleted. */
  async #onCustomer<Result>(customerId: string, work: (life: Life) => Result): Promise<Result> {
    return await this.#customers.change(customerId, (life) => {
      if (life.state.isDeleted) throw unknownObject(customerId);
      return work(life);
    });
  }

  async #onSubscription(
    id: string,
    work: (life: Life, subscription: SubscriptionState) => void,
  ): Promise<void> {
    await this.#customers.change(
      customerOf(id),
      (life) => work(life, find(life.state.subscriptions, id)),
    );
  }

  #verify(body: string, signature: string | undefined): VerifiedEvent {
    const [, seconds, digest] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature ?? "") ?? [];
    if (!seconds || !digest) return { verdict: "invalid", reason: "The signature is missing or malformed." };
    const age = this.#services.clock.now().getTime() - Number(seconds) * SECOND;
    if (Math.abs(age) > TOLERANCE) {
      return { verdict: "invalid", reason: "The signature is too old or ahead." };
    }
    if (!isSameSecret(digest, this.#digest(Number(seconds), body))) {
      return { verdict: "invalid", reason: "The signature doesn't fit the body." };
    }
    const parsed = eventBody.safeParse(parseJson(body));
    if (!parsed.success) return { verdict: "unknown", reason: "The body is no event." };
    const { id, type, created_at: createdAt, customer_id: customerId } = parsed.data;
    return { verdict: "valid", event: { id, type, createdAt, isLive: false, customerId } };
  }

  #digest(seconds: number, body: string): string {
    const [appSecret] = this.#services.config.appSecrets;
    return createHmac("sha256", `sandbox events ${appSecret}`).update(`${seconds}.${body}`).digest("hex");
  }

  #outcome(payment: Payment): PaymentOutcome {
    if (payment.outcome !== "action_required") return payment;
    return { outcome: "action_required", url: this.#page(`invoices/${payment.invoiceId}`) };
  }

  #invoicePage = ({ id }: InvoiceState): string => this.#page(`invoices/${id}`);

  #page(path: string): string {
    return `${this.#services.config.appUrl.origin}/sandbox/${path}`;
  }
}

/** The customer in an id, such as `cus_x` in `in_x_12`. Throws `not_found`. */
function customerOf(id: string): string {
  const [, customer] = /^[a-z_]+_([a-z2-7]+)_\d+$/.exec(id) ?? [];
  if (!customer) throw unknownObject(id);
  return `cus_${customer}`;
}

function find<Item extends { id: string }>(items: Item[], id: string): Item {
  const found = items.find((item) => item.id === id);
  if (!found) throw unknownObject(id);
  return found;
}

function nextInvoice(
  life: Life,
  subscription: SubscriptionState,
  order: Pick<SubscriptionState, "price" | "seats"> | null,
  newEnd: number | undefined,
): { at: number; lines: LineState[] } {
  if (!order) return { at: subscription.periodEnd, lines: life.nextLines(subscription) };
  const changed: SubscriptionState = {
    ...subscription,
    ...order,
    waitingLines: [],
    scheduled: null,
    ...(newEnd === undefined ? {} : {
      anchor: life.now,
      period: 0,
      periodStart: life.now,
      periodEnd: newEnd,
      closedPeriods: [...subscription.closedPeriods, currentPeriod(subscription, life.now)],
    }),
  };
  return {
    at: changed.periodEnd,
    lines: endsWithPeriod(changed) ? [] : life.nextLines(changed),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
