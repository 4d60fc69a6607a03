import type Stripe from "stripe";
import { periodStart } from "../../calendar.ts";
import { currencyOf } from "../../money.ts";
import type { Price } from "../../prices.ts";
import type { ChangePreview, SubscriptionChange } from "../gateway.ts";
import type { SubscriptionChanges } from "./changes.ts";
import { isStripeFailure, type StripeClient } from "./client.ts";
import type { PriceIds } from "./price_ids.ts";
import { toDate, toSeconds } from "./shapes.ts";
import { toLines } from "./to_invoice.ts";
import { planItemOf } from "./to_subscription.ts";

type Parts = { client: StripeClient; prices: PriceIds; changes: SubscriptionChanges };

/** What Stripe says a change would cost now, and what the invoice after it would be. */
export async function previewChange(
  { subscriptionId, price, seats, at }: SubscriptionChange,
  { client, prices, changes }: Parts,
): Promise<ChangePreview> {
  const subscription = await changes.find(subscriptionId);
  const { plan } = await prices.of(price);
  const item = planItemOf(subscription, (one) => prices.priceOf(one));
  const periodEnd = toDate(item?.current_period_end ?? subscription.created);
  const none = { amount: 0, currency: price.currency };
  if (item?.price.id === plan && item.quantity === seats) {
    const next = await preview(client, { subscription: subscriptionId });
    return { dueNow: none, lines: [], next: nextOf(next, periodEnd, price) };
  }
  const details: Stripe.InvoiceCreatePreviewParams = {
    subscription: subscriptionId,
    subscription_details: {
      items: await changes.itemsFor(subscription, { price, seats }),
      proration_behavior: "always_invoice",
      proration_date: toSeconds(at),
    },
  };
  const now = await preview(client, details);
  const next = await preview(client, { ...details, preview_mode: "recurring" });
  const isNewCycle = item !== null && prices.priceOf(item.price)?.cycle !== price.cycle;
  const startsPeriod = isNewCycle && subscription.status !== "trialing";
  return {
    dueNow: { ...none, amount: Math.max(0, now?.amount_due ?? 0) },
    lines: now ? toLines(now) : [],
    next: nextOf(next, startsPeriod ? periodStart(at, price.cycle, 1) : periodEnd, price),
  };
}

/** Null if no invoice will come, because the subscription ends. */
async function preview(
  client: StripeClient,
  params: Stripe.InvoiceCreatePreviewParams,
): Promise<Stripe.Invoice | null> {
  try {
    return await client.call((stripe) => stripe.invoices.createPreview(params));
  } catch (error) {
    if (isStripeFailure(error) && error.code === "invoice_upcoming_none") return null;
    throw error;
  }
}

function nextOf(invoice: Stripe.Invoice | null, at: Date, { currency }: Price): ChangePreview["next"] {
  if (!invoice) return { at, total: { amount: 0, currency }, lines: [] };
  const total = { amount: invoice.total, currency: currencyOf(invoice.currency) };
  return { at, total, lines: toLines(invoice) };
}
