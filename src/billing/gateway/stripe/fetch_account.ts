import type Stripe from "stripe";
import type { Clock } from "../../../platform/clock.ts";
import type { GatewayAccount } from "../account.ts";
import type { StripeClient } from "./client.ts";
import type { Invoices } from "./invoices.ts";
import type { PriceIds } from "./price_ids.ts";
import { deletedAccount, toAccount } from "./to_account.ts";
import { scheduledPriceIds } from "./to_subscription.ts";

const MOST = 100;
/** An invoice that is paid at the second try has one payment with two charges, so these suffice for the newest 100 invoices. */
const MOST_PAYMENTS = 300;

type Parts = {
  client: StripeClient;
  prices: PriceIds;
  invoices: Invoices;
  isLive: boolean;
  clock: Clock;
};

/** What Stripe knows of a customer, in four calls at the same time. Throws `not_found`. */
export async function fetchAccount(
  id: string,
  { client, prices, invoices, isLive, clock }: Parts,
): Promise<GatewayAccount> {
  const customer = await client.call((stripe) =>
    stripe.customers.retrieve(id, {
      expand: ["invoice_settings.default_payment_method", "test_clock", "discount.source.coupon"],
    })
  );
  if (customer.deleted) return deletedAccount(id, isLive);
  const [subscriptions, listed, payments] = await Promise.all([
    client.call((stripe) =>
      stripe.subscriptions.list({
        customer: id,
        status: "all",
        limit: MOST,
        expand: ["data.schedule", "data.default_payment_method", "data.discounts.source.coupon"],
      })
    ),
    client.call((stripe) => stripe.invoices.list({ customer: id, limit: MOST, expand: ["data.payments"] })),
    client.call((stripe) => paymentsOf(stripe, id)),
  ]);
  await prices.learn(subscriptions.data.flatMap(scheduledPriceIds));
  const complete = await Promise.all(listed.data.map((invoice) => invoices.withAllLines(invoice)));
  return toAccount({ customer, subscriptions: subscriptions.data, invoices: complete, payments }, {
    priceOf: (price) => prices.priceOf(price),
    now: clock.now(),
  });
}

async function paymentsOf(stripe: Stripe, customer: string): Promise<Map<string, Stripe.PaymentIntent>> {
  const list = stripe.paymentIntents.list({ customer, limit: MOST, expand: ["data.latest_charge"] });
  const intents = await list.autoPagingToArray({ limit: MOST_PAYMENTS });
  return new Map(intents.map((intent) => [intent.id, intent]));
}
