import type { Services } from "../../../ports.ts";
import type { Life } from "../../engine/engine.ts";
import type { Payment } from "../../engine/ledger.ts";
import type {
  Card,
  CheckoutState,
  CustomerState,
  InvoiceState,
  SubscriptionState,
} from "../../engine/state.ts";
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
import { signEvent, verifyEvent } from "./events.ts";
import { customerOf, find } from "./ids.ts";
import { previewOf } from "./preview.ts";
import { toAccount, toInvoice } from "./to_account.ts";

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
      return previewOf(life, subscription, { price, seats, at });
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
    await this.#customers.catchUp(customerId);
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

  async reportUsage({ customerId, hours }: UsageReport): Promise<void> {
    await this.#customers.change(customerId, (life) => {
      for (const { metric, hour, total } of hours) life.setUsage(metric, hour.toISOString(), total);
    });
  }

  verifyEvent(body: Uint8Array, signature: string | undefined): Promise<VerifiedEvent> {
    const { clock } = this.#services;
    return Promise.resolve(
      verifyEvent(new TextDecoder().decode(body), signature, { key: this.#key, now: clock.now() }),
    );
  }

  /** The header that `verifyEvent` accepts. */
  signEvent(body: string, at: Date = this.#services.clock.now()): string {
    return signEvent(body, { key: this.#key, at });
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

  /** Moves the customer's clock to the next moment at which something is due. Returns how far it moved. */
  async advance(customerId: string, milliseconds: number): Promise<number> {
    return await this.#customers.advance(customerId, milliseconds);
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

  get #key(): string {
    return `sandbox events ${this.#services.config.appSecrets[0]}`;
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
