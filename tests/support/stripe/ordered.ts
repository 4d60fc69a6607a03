import type { Life } from "../../../src/billing/engine/engine.ts";
import type { InvoiceState, SubscriptionState } from "../../../src/billing/engine/state.ts";
import { meteredKeys } from "../../../src/billing/gateway/stripe/catalog_entries.ts";
import { lookupKey, parseLookupKey, type Price } from "../../../src/billing/prices.ts";
import { Refusal } from "./answers.ts";
import type { StripeDouble } from "./double.ts";
import { type Form, textIn } from "./form.ts";
import { priceId } from "./render.ts";

export type Ordered = { price: Price; seats: number };

/** The customer in an id, such as `cus_x` in `in_x_12`. */
export function customerOf(kind: string, id: string): string {
  const [, customer] = /^[a-z_]+_([a-z2-7]+)_\d+$/.exec(id) ?? [];
  if (!customer) throw Refusal.missing(kind, id);
  return `cus_${customer}`;
}

export function subscriptionIn({ state }: Life, id: string): SubscriptionState {
  const found = state.subscriptions.find((one) => one.id === id);
  if (!found) throw Refusal.missing("subscription", id);
  return found;
}

export function invoiceIn({ state }: Pick<Life, "state">, id: string): InvoiceState {
  const found = state.invoices.find((one) => one.id === id);
  if (!found) throw Refusal.missing("invoice", id);
  return found;
}

/** What a list of items orders. It has to be exactly one plan, and the metrics that are billed with it. */
export function orderIn(double: StripeDouble, items: Form[]): Ordered {
  const ids = items.filter((item) => textIn(item, "deleted") !== "true").map((item) => textIn(item, "price"));
  for (const id of ids) {
    if (id !== null && !double.catalog.price(id).active) {
      throw Refusal.invalid(`The price ${id} is inactive.`);
    }
  }
  const [first, ...others] = ids;
  const price = first ? parseLookupKey(first.replace("price_", "")) : null;
  if (!price) throw Refusal.invalid("The first item is no plan.");
  const metered = meteredKeys(price, double.options.metrics).map(priceId);
  if (others.some((id) => id === null || !metered.includes(id))) {
    throw Refusal.invalid("Wrong metered items.");
  }
  return { price, seats: Number(textIn(items[0]!, "quantity")) };
}

/** Refuses items that leave a metric out, or bill it twice. */
export function checkMetered(
  double: StripeDouble,
  { price }: Ordered,
  items: Form[],
  now: SubscriptionState | null,
) {
  const wanted = meteredKeys(price, double.options.metrics).map(priceId);
  const kept = now === null ? [] : meteredKeys(now.price, double.options.metrics).map(priceId);
  const given = items.slice(1).filter((item) => textIn(item, "deleted") !== "true")
    .map((item) => textIn(item, "price")!);
  const replaced = now === null ? 0 : items.slice(1).filter((item) => textIn(item, "id") !== null).length;
  const isComplete = wanted.every((id) => given.includes(id) || kept.includes(id));
  if (!isComplete || kept.length - replaced + given.length !== wanted.length) {
    throw Refusal.invalid(`The items don't make ${lookupKey(price)}.`);
  }
}
