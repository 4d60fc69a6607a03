import type Stripe from "stripe";
import { currencyOf, type Money } from "../../money.ts";
import type { GatewayInvoice } from "../account.ts";
import type { PaymentOutcome } from "../gateway.ts";
import { unknownObject } from "../gateway_errors.ts";
import { isStripeFailure, type StripeClient } from "./client.ts";
import { expanded } from "./shapes.ts";
import { paymentIds, type Payments, toInvoice } from "./to_invoice.ts";

/** If the bank gave no reason. */
export const REFUSED = "The payment was refused.";
/** Of an invoice with more payments than this, the newest count. */
const MOST_PAYMENTS = 100;
/** More than Stripe puts on an invoice: 250 items, and a few lines of the subscription. */
const MOST_LINES = 1_000;
const PAGE = 100;

/** Invoices and what is paid for them at Stripe. */
export class Invoices {
  constructor(private readonly client: StripeClient) {}

  /** Throws `not_found`, also for an invoice in a currency that isn't declared. */
  async fetch(id: string): Promise<GatewayInvoice> {
    const found = await this.client.call((stripe) => stripe.invoices.retrieve(id, { expand: ["payments"] }));
    const payments = await this.#paymentsOf(found);
    const invoice = toInvoice(await this.withAllLines(found), payments);
    if (!invoice) throw unknownObject(id);
    return invoice;
  }

  /** The invoice with all its lines. A list of invoices has the first ten of each. */
  async withAllLines(invoice: Stripe.Invoice): Promise<Stripe.Invoice> {
    if (!invoice.lines.has_more) return invoice;
    const data = await this.client.call((stripe) =>
      stripe.invoices.listLineItems(invoice.id, { limit: PAGE }).autoPagingToArray({ limit: MOST_LINES })
    );
    return { ...invoice, lines: { ...invoice.lines, data, has_more: false } };
  }

  /** What has come of an invoice's payment. */
  async outcomeOf(id: string): Promise<PaymentOutcome> {
    const { status, needsAction, payUrl, failure } = await this.fetch(id);
    if (needsAction && payUrl) return { outcome: "action_required", url: payUrl };
    return status === "open" ? { outcome: "declined", reason: failure ?? REFUSED } : { outcome: "paid" };
  }

  async pay(id: string): Promise<PaymentOutcome> {
    try {
      await this.client.call(async (stripe) => {
        const { status } = await stripe.invoices.retrieve(id);
        if (status === "open") await stripe.invoices.pay(id);
      });
    } catch (error) {
      // What the bank says is an error at Stripe. The invoice knows what came of it.
      if (!isStripeFailure(error)) throw error;
      const outcome = await this.outcomeOf(id);
      return outcome.outcome === "declined" && error.type === "StripeCardError"
        ? { ...outcome, reason: error.message }
        : outcome;
    }
    return await this.outcomeOf(id);
  }

  async void(id: string): Promise<void> {
    await this.client.call(async (stripe) => {
      const { status } = await stripe.invoices.retrieve(id);
      if (status === "draft") await stripe.invoices.finalizeInvoice(id, { auto_advance: false });
      if (status === "draft" || status === "open" || status === "uncollectible") {
        await stripe.invoices.voidInvoice(id);
      }
    });
  }

  /** An invoice of one line, which is paid now and not tried again. */
  async charge(
    { customerId, money, description, key }: {
      customerId: string;
      money: Money;
      description: string;
      key: string;
    },
  ): Promise<PaymentOutcome> {
    const { amount, currency } = money;
    const id = await this.client.call(async (stripe) => {
      const invoice = await stripe.invoices.create({
        customer: customerId,
        currency,
        auto_advance: false,
        collection_method: "charge_automatically",
        pending_invoice_items_behavior: "exclude",
      }, { idempotencyKey: `${key} invoice` });
      const line = { customer: customerId, invoice: invoice.id, amount, currency, description };
      await stripe.invoiceItems.create(line, { idempotencyKey: `${key} line` });
      await stripe.invoices.finalizeInvoice(invoice.id, { auto_advance: false }, {
        idempotencyKey: `${key} finalize`,
      });
      return invoice.id;
    });
    return await this.pay(id);
  }

  /**
   * Refunds the invoice's payments, the default one first. A refund keeps its key, so that the same call later than Stripe remembers
   * idempotency keys gives nothing back again.
   */
  async refund(
    { invoiceId, amount, key }: { invoiceId: string; amount: number | null; key: string },
  ): Promise<Money> {
    const invoice = await this.client.call((stripe) =>
      stripe.invoices.retrieve(invoiceId, { expand: ["payments"] })
    );
    const currency = currencyOf(invoice.currency);
    const ids = paymentIds(invoice).reverse();
    const known = await this.#refundedWith(ids, key);
    if (known > 0) return { amount: known, currency };
    const payments = await this.#paymentsOf(invoice);
    let given = 0;
    for (const id of ids) {
      const charge = expanded(payments.get(id)?.latest_charge);
      const left = charge?.paid ? charge.amount_captured - charge.amount_refunded : 0;
      const share = amount === null ? left : Math.min(left, amount - given);
      if (share <= 0) continue;
      await this.client.call((stripe) =>
        stripe.refunds.create({ payment_intent: id, amount: share, metadata: { key } }, {
          idempotencyKey: `${key} ${id}`,
        })
      );
      given += share;
    }
    return { amount: given, currency };
  }

  async #refundedWith(paymentIds: readonly string[], key: string): Promise<number> {
    let amount = 0;
    for (const id of paymentIds) {
      const { data } = await this.client.call((stripe) =>
        stripe.refunds.list({ payment_intent: id, limit: MOST_PAYMENTS })
      );
      for (const refund of data) {
        if (refund.metadata?.key === key && refund.status !== "failed") amount += refund.amount;
      }
    }
    return amount;
  }

  async #paymentsOf(invoice: Stripe.Invoice): Promise<Payments> {
    const ids = paymentIds(invoice).slice(-MOST_PAYMENTS);
    const intents = await Promise.all(
      ids.map((id) =>
        this.client.call((stripe) => stripe.paymentIntents.retrieve(id, { expand: ["latest_charge"] }))
      ),
    );
    return new Map(intents.map((intent) => [intent.id, intent]));
  }
}
