import type Stripe from "stripe";
import { type Clock, HOUR, MINUTE } from "../../../platform/clock.ts";
import { sha256 } from "../../../platform/crypto.ts";
import type { Money } from "../../money.ts";
import type { GatewayAccount, GatewayInvoice } from "../account.ts";
import type {
  Catalog,
  CatalogChange,
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
import { StripeCatalog } from "./catalog.ts";
import { SubscriptionChanges } from "./changes.ts";
import { StripeClient } from "./client.ts";
import { verifyEvent } from "./events.ts";
import { fetchAccount } from "./fetch_account.ts";
import { Invoices, REFUSED } from "./invoices.ts";
import { PriceIds } from "./price_ids.ts";
import { previewChange } from "./preview.ts";
import { idOf, toDate, toSeconds } from "./shapes.ts";
import { Usage } from "./usage.ts";

/** Stripe's checkout takes no trial that ends sooner. */
const SHORTEST_TRIAL = 48 * HOUR;

export type StripeOptions = {
  secretKey: string;
  webhookSecret: string;
  url: URL;
  /** Whether real money moves with this key. */
  isLive: boolean;
  clock: Clock;
  metrics: readonly CatalogMetric[];
  /** How long Stripe may take to answer, in milliseconds. */
  timeout?: number;
};

/** Stripe Billing (https://docs.stripe.com/billing). Opening it asks Stripe nothing. */
export class StripeGateway implements Gateway {
  readonly name = "stripe";
  readonly isLive: boolean;
  readonly #options: StripeOptions;
  readonly #client: StripeClient;
  readonly #prices: PriceIds;
  readonly #changes: SubscriptionChanges;
  readonly #invoices: Invoices;
  readonly #catalog: StripeCatalog;
  readonly #usage: Usage;

  constructor(options: StripeOptions) {
    this.isLive = options.isLive;
    this.#options = options;
    this.#client = new StripeClient(options);
    this.#prices = new PriceIds(this.#client, options.metrics);
    this.#invoices = new Invoices(this.#client);
    this.#changes = new SubscriptionChanges(this.#client, this.#prices, this.#invoices);
    this.#catalog = new StripeCatalog(this.#client);
    this.#usage = new Usage(this.#client, this.#prices, this.#invoices, options);
  }

  async ensureCustomer({ accountId, customerId, name, email }: CustomerInput): Promise<string> {
    const fields = { name, email, metadata: { account_id: accountId } };
    if (customerId !== null) {
      const known = await this.#client.call((stripe) => stripe.customers.retrieve(customerId));
      if (!known.deleted) {
        await this.#client.call((stripe) => stripe.customers.update(customerId, fields));
        return customerId;
      }
    }
    const key = `customer ${accountId} ${customerId ?? "first"} ${name} ${email}`;
    const id = await this.#createCustomer(fields, key);
    // A repeated key brings back the first answer, also if that customer was deleted since.
    const created = await this.#client.call((stripe) => stripe.customers.retrieve(id));
    return created.deleted ? await this.#createCustomer(fields, `${key} ${id}`) : id;
  }

  async openCheckout(
    { customerId, price, seats, trialEndsAt, successUrl, cancelUrl, key }: CheckoutOrder,
  ): Promise<Checkout> {
    const { plan, metered } = await this.#prices.of(price);
    const now = this.#options.clock.now();
    const trialEnd = trialEndsAt && trialEndsAt > now ? longEnough(trialEndsAt, now) : null;
    const session = await this.#client.call((stripe) =>
      stripe.checkout.sessions.create({
        mode: "subscription",
        customer: customerId,
        line_items: [{ price: plan, quantity: seats }, ...metered.map(({ id }) => ({ price: id }))],
        payment_method_collection: "always",
        allow_promotion_codes: true,
        success_url: successUrl,
        cancel_url: cancelUrl,
        subscription_data: {
          billing_mode: { type: "flexible" },
          ...(trialEnd ? { trial_end: toSeconds(trialEnd) } : {}),
        },
      }, { idempotencyKey: key })
    );
    return {
      id: session.id,
      url: session.url ?? cancelUrl,
      expiresAt: toDate(session.expires_at),
      chargesAt: trialEnd ?? now,
    };
  }

  async expireCheckout(checkoutId: string): Promise<void> {
    await this.#client.call(async (stripe) => {
      const { status } = await stripe.checkout.sessions.retrieve(checkoutId);
      if (status === "open") await stripe.checkout.sessions.expire(checkoutId);
    });
  }

  async openPortal({ customerId, returnUrl }: { customerId: string; returnUrl: string }) {
    const { url } = await this.#client.call((stripe) =>
      stripe.billingPortal.sessions.create({ customer: customerId, return_url: returnUrl })
    );
    return { url };
  }

  async previewChange(change: SubscriptionChange): Promise<ChangePreview> {
    return await previewChange(change, {
      client: this.#client,
      prices: this.#prices,
      changes: this.#changes,
    });
  }

  async change(change: SubscriptionChange & { key: string }): Promise<PaymentOutcome> {
    const { pending_update, latest_invoice } = await this.#changes.changeNow(change);
    const invoiceId = idOf(latest_invoice);
    if (!pending_update || !invoiceId) return { outcome: "paid" };
    const { status } = await this.#invoices.fetch(invoiceId);
    // The answer to an earlier call of this change, which another change has replaced since.
    if (status === "void") return { outcome: "declined", reason: REFUSED };
    return await this.#invoices.outcomeOf(invoiceId);
  }

  async changeSeats(change: { subscriptionId: string; seats: number; key: string }): Promise<void> {
    await this.#changes.changeSeats(change);
  }

  async scheduleChange(change: Omit<SubscriptionChange, "at"> & { key: string }): Promise<void> {
    await this.#changes.schedule(change);
  }

  async releaseSchedule(subscriptionId: string): Promise<void> {
    await this.#changes.release(await this.#changes.find(subscriptionId));
  }

  async cancelAtEnd(subscriptionId: string): Promise<void> {
    await this.#changes.cancelAtEnd(subscriptionId);
  }

  async cancelNow(subscriptionId: string): Promise<void> {
    await this.#changes.cancelNow(subscriptionId);
  }

  async keep(subscriptionId: string): Promise<void> {
    await this.#changes.keep(subscriptionId);
  }

  async fetchAccount(customerId: string): Promise<GatewayAccount> {
    const { clock } = this.#options;
    const { isLive } = this;
    return await fetchAccount(customerId, {
      client: this.#client,
      prices: this.#prices,
      invoices: this.#invoices,
      isLive,
      clock,
    });
  }

  async fetchInvoice(invoiceId: string): Promise<GatewayInvoice> {
    return await this.#invoices.fetch(invoiceId);
  }

  async payInvoice(invoiceId: string): Promise<PaymentOutcome> {
    return await this.#invoices.pay(invoiceId);
  }

  async voidInvoice(invoiceId: string): Promise<void> {
    await this.#invoices.void(invoiceId);
  }

  async refund(refund: { invoiceId: string; amount: number | null; key: string }): Promise<Money> {
    return await this.#invoices.refund(refund);
  }

  async charge(
    charge: { customerId: string; money: Money; description: string; key: string },
  ): Promise<PaymentOutcome> {
    return await this.#invoices.charge(charge);
  }

  async diffCatalog(catalog: Catalog): Promise<CatalogChange[]> {
    return await this.#catalog.diff(catalog);
  }

  async applyCatalog(catalog: Catalog, changes: readonly CatalogChange[]): Promise<void> {
    await this.#catalog.apply(catalog, changes);
  }

  async reportUsage(report: UsageReport): Promise<void> {
    await this.#usage.report(report);
  }

  async verifyEvent(body: Uint8Array, signature: string | undefined): Promise<VerifiedEvent> {
    const { webhookSecret: secret, clock } = this.#options;
    return await verifyEvent(body, signature, { secret, clock, client: this.#client });
  }

  /** The key is hashed because Stripe takes at most 255 characters, and stores it. */
  async #createCustomer(fields: Stripe.CustomerCreateParams, key: string): Promise<string> {
    const { id } = await this.#client.call((stripe) =>
      stripe.customers.create(fields, { idempotencyKey: sha256(key) })
    );
    return id;
  }
}

/** A trial that is too short becomes longer, so that nobody is charged early. In whole hours, so that a repeated call is the same. */
function longEnough(trialEndsAt: Date, now: Date): Date {
  const earliest = Math.ceil((now.getTime() + SHORTEST_TRIAL + MINUTE) / HOUR) * HOUR;
  return trialEndsAt.getTime() < earliest ? new Date(earliest) : trialEndsAt;
}
