import type { Currency } from "../../../src/billing/money.ts";
import type Stripe from "stripe";
import type {
  CustomerState,
  InvoiceState,
  LineState,
  SubscriptionState,
} from "../../../src/billing/engine/state.ts";
import { isSameOrder } from "../../../src/billing/engine/subscriptions.ts";
import type { Life } from "../../../src/billing/engine/engine.ts";
import type { Price } from "../../../src/billing/prices.ts";
import { Refusal } from "./answers.ts";
import { alive } from "./customer_operations.ts";
import type { Draft, Request, StripeDouble } from "./double.ts";
import { listIn, textIn } from "./form.ts";
import type { Operation } from "./operations.ts";
import { checkMetered, customerOf, invoiceIn, orderIn, subscriptionIn } from "./ordered.ts";
import { hasPayment, listOf, paymentId, seconds } from "./render.ts";
import { expands } from "./subscription_operations.ts";

/** Ids of drafts are beyond those that the engine gives. */
const FIRST_DRAFT = 90_001;

export const INVOICE_OPERATIONS: Record<string, Operation> = {
  "POST /v1/invoices/create_preview": async (double, { form }) => {
    const id = textIn(form, "subscription")!;
    return await double.play(customerOf("subscription", id), (life) => {
      const found = subscriptionIn(life, id);
      const items = typeof form.subscription_details === "object"
        ? listIn(form.subscription_details, "items")
        : [];
      const at = Number(textIn(form, "subscription_details", "proration_date")) * 1_000;
      if (items.length === 0) {
        const lines = life.nextLines(found);
        if (lines.length === 0) throw Refusal.invalid("No upcoming invoices.", "invoice_upcoming_none");
        return preview(double, life, found, { lines, price: found.price });
      }
      const order = orderIn(double, items);
      checkMetered(double, order, items, found);
      if (isSameOrder(found, order)) throw Refusal.invalid("Nothing would change.");
      const { lines, period } = life.change(found, order, at);
      if (textIn(form, "preview_mode") === null) {
        return preview(double, life, found, { lines, price: order.price });
      }
      const changed: SubscriptionState = {
        ...found,
        ...order,
        waitingLines: [],
        scheduled: null,
        closedPeriods: [],
        billedUsage: {},
      };
      if (period) Object.assign(changed, { anchor: at, period: 0, periodStart: at, periodEnd: period.to });
      const recurring = life.nextLines({ ...changed, cancelsAtEnd: false, cancelAt: null });
      return preview(double, life, found, { lines: recurring, price: order.price });
    });
  },

  "GET /v1/invoices": async (double, { form }) => {
    const subscriptionId = textIn(form, "subscription");
    const customerId = textIn(form, "customer") ?? customerOf("subscription", subscriptionId!);
    const state = await double.customer(customerId);
    const found = state.isDeleted
      ? []
      : state.invoices.filter((one) => subscriptionId === null || one.subscriptionId === subscriptionId);
    return listOf(
      found.slice(-100).reverse().map((one) =>
        withPayments(double.renderer.invoice(state, one, true), expands(form, "data.payments"))
      ),
    );
  },

  "GET /v1/invoices/:id": async (double, { id, form }) =>
    withPayments(await invoice(double, id), expands(form, "payments")),

  "GET /v1/invoices/:id/lines": async (double, { id }) => {
    const state = await double.customer(customerOf("invoice", id));
    return listOf(double.renderer.lines(state, invoiceIn({ state }, id)));
  },

  "POST /v1/invoices": async (double, { form }) => {
    const customerId = textIn(form, "customer")!;
    await alive(double, customerId);
    const draft: Draft = {
      id: `in_${customerId.replace(/^cus_/, "")}_${FIRST_DRAFT + double.drafts.size}`,
      customerId,
      currency: textIn(form, "currency")!,
      createdAt: double.now,
      status: "draft",
      amount: 0,
      description: "",
    };
    double.drafts.set(draft.id, draft);
    return draftInvoice(draft);
  },

  "POST /v1/invoices/:id/finalize": (double, { id }) => {
    const draft = double.drafts.get(id);
    if (draft?.status !== "draft") throw Refusal.invalid("This invoice is already finalized.");
    draft.status = "open";
    return draftInvoice(draft);
  },

  "POST /v1/invoices/:id/pay": async (double, { id }) => {
    const payment = await pay(double, id);
    if (payment.outcome === "declined") throw Refusal.card(payment.reason);
    if (payment.outcome === "action_required") {
      throw Refusal.card("The payment needs a confirmation.", "invoice_payment_intent_requires_action");
    }
    return await invoice(double, id);
  },

  "POST /v1/invoices/:id/void": async (double, { id }) => {
    const draft = double.drafts.get(id);
    if (draft) {
      draft.status = "void";
      return draftInvoice(draft);
    }
    await double.play(customerOf("invoice", id), (life) => {
      const found = invoiceIn(life, id);
      if (found.status !== "open") throw Refusal.invalid("You can only void open invoices.");
      life.void(found);
    });
    return await invoice(double, id);
  },

  "GET /v1/invoiceitems": (double, { form }) =>
    listOf(double.invoiceItems.filter(({ customer }) => customer === textIn(form, "customer"))),

  "POST /v1/invoiceitems": async (double, request) => await addItem(double, request),

  "GET /v1/payment_intents": async (double, { form }) => {
    const customerId = textIn(form, "customer")!;
    const state = await double.customer(customerId);
    const intents = state.invoices.filter(hasPayment)
      .map((one) => double.renderer.paymentIntent(one, customerId, { expandsCharge: true })).reverse();
    const from = textIn(form, "starting_after");
    const start = from === null ? 0 : intents.findIndex(({ id }) => id === from) + 1;
    const limit = Number(textIn(form, "limit"));
    return listOf(intents.slice(start, start + limit), intents.length > start + limit);
  },

  "GET /v1/payment_intents/:id": async (double, { id }) => {
    const { found, state } = await paid(double, id);
    return double.renderer.paymentIntent(found, state.customerId, { expandsCharge: true });
  },

  "GET /v1/charges/:id": async (double, { id }) => {
    const { state } = await paid(double, id.replace(/^ch_/, "pi_"));
    return { id, object: "charge", customer: state.customerId };
  },

  "GET /v1/refunds": (double, { form }) =>
    listOf(double.refunds.filter(({ payment_intent }) => payment_intent === textIn(form, "payment_intent"))),

  "POST /v1/refunds": async (double, { form }) => {
    const intent = textIn(form, "payment_intent")!;
    const amount = Number(textIn(form, "amount"));
    const { found, state } = await paid(double, intent);
    if (amount > found.amountPaid - found.amountRefunded) {
      throw Refusal.invalid("The amount is more than what is left.", "amount_too_large");
    }
    const id = `re_${double.refunds.length + 1}`;
    await double.play(state.customerId, (life) => life.refund(invoiceIn(life, found.id), amount, id));
    const refund = {
      id,
      object: "refund",
      payment_intent: intent,
      amount,
      status: "succeeded",
      metadata: form.metadata as Record<string, string>,
    } as const;
    double.refunds.push(refund);
    return refund;
  },
};

function preview(
  double: StripeDouble,
  life: Life,
  subscription: SubscriptionState,
  { lines, price }: { lines: LineState[]; price: Price },
): Partial<Stripe.Invoice> {
  const bill = life.bill(subscription, lines, price.currency);
  return double.renderer.preview(bill, { price, at: life.now });
}

async function invoice(double: StripeDouble, id: string): Promise<Partial<Stripe.Invoice>> {
  const draft = double.drafts.get(id);
  if (draft) return draftInvoice(draft);
  const state = await double.customer(customerOf("invoice", id));
  return double.renderer.invoice(state, invoiceIn({ state }, id));
}

async function pay(double: StripeDouble, id: string) {
  const draft = double.drafts.get(id);
  if (!draft) {
    return await double.play(customerOf("invoice", id), (life) => {
      const found = invoiceIn(life, id);
      if (found.status !== "open") throw Refusal.invalid("Invoice is already paid.");
      return life.pay(found);
    });
  }
  const { amount, description, customerId } = draft;
  const currency = draft.currency as Currency;
  double.drafts.delete(id);
  return await double.play(customerId, (life) => {
    const payment = life.chargeOnce({ amount, currency, description, key: id });
    life.state.invoices.find(({ key }) => key === id)!.id = id;
    return payment;
  });
}

/** A line of a draft, or a line that waits for the next invoice of a subscription. */
async function addItem(double: StripeDouble, { form }: Request) {
  const amount = Number(textIn(form, "amount"));
  const description = textIn(form, "description")!;
  const customer = textIn(form, "customer")!;
  const metadata = (form.metadata ?? {}) as Record<string, string>;
  const item = {
    id: `ii_${double.invoiceItems.length + 1}`,
    object: "invoiceitem",
    customer,
    amount,
    metadata,
  } as const;
  double.invoiceItems.push(item);
  const draft = double.drafts.get(textIn(form, "invoice") ?? "");
  if (draft) {
    Object.assign(draft, { amount: draft.amount + amount, description });
    return item;
  }
  const moment = (name: string) => Number(textIn(form, "period", name)) * 1_000;
  const line: LineState = {
    description,
    quantity: 1,
    amount,
    periodStart: moment("start"),
    periodEnd: moment("end"),
  };
  await double.play(customer, (life) => {
    subscriptionIn(life, textIn(form, "subscription")!).waitingLines.push(line);
  });
  return item;
}

async function paid(
  double: StripeDouble,
  paymentIntent: string,
): Promise<{ found: InvoiceState; state: CustomerState }> {
  const state = await double.customer(customerOf("payment_intent", paymentIntent));
  const found = state.invoices.find(({ id }) => paymentId(id) === paymentIntent);
  if (!found) throw Refusal.missing("payment_intent", paymentIntent);
  return { found, state };
}

/** Payments are in an invoice only if they were asked for. */
function withPayments(invoice: Partial<Stripe.Invoice>, isExpanded: boolean): Partial<Stripe.Invoice> {
  const { payments, ...rest } = invoice;
  return isExpanded && payments ? { ...rest, payments } : rest;
}

function draftInvoice(
  { id, customerId, currency, createdAt, status, amount }: Draft,
): Partial<Stripe.Invoice> {
  return {
    id,
    object: "invoice",
    number: null,
    status,
    customer: customerId,
    currency,
    total: amount,
    amount_due: amount,
    amount_paid: 0,
    amount_remaining: amount,
    attempt_count: 0,
    created: seconds(createdAt),
    period_start: seconds(createdAt),
    period_end: seconds(createdAt),
    parent: null,
    lines: listOf<Stripe.InvoiceLineItem>([]),
  };
}
