import type Stripe from "stripe";
import type { Clock } from "../../../src/platform/clock.ts";
import { Refusal } from "./answers.ts";
import { type Form, listIn, textIn } from "./form.ts";
import { meterId, priceId } from "./render.ts";

/** Products, prices and meters, and the usage that meters were sent. */
export class CatalogDouble {
  readonly products = new Map<string, Stripe.Product>();
  readonly prices = new Map<string, Stripe.Price>();
  readonly meters = new Map<string, Stripe.Billing.Meter>();

  constructor(private readonly clock: Clock) {}

  createProduct(form: Form): Stripe.Product {
    const id = textIn(form, "id")!;
    if (this.products.has(id)) throw Refusal.invalid("Product already exists.", "resource_already_exists");
    const product = { id, object: "product", ...productFields(form) } as Stripe.Product;
    this.products.set(id, product);
    return product;
  }

  updateProduct(id: string, form: Form): Stripe.Product {
    const product = this.products.get(id);
    if (!product) throw Refusal.missing("product", id);
    return Object.assign(product, productFields(form));
  }

  createPrice(form: Form): Stripe.Price {
    const key = textIn(form, "lookup_key")!;
    const product = textIn(form, "product")!;
    const meter = textIn(form, "recurring", "meter");
    if (this.prices.has(priceId(key))) throw Refusal.invalid("A price already uses that lookup key.");
    if (!this.products.has(product)) throw Refusal.missing("product", product);
    if (meter && ![...this.meters.values()].some(({ id }) => id === meter)) {
      throw Refusal.missing("meter", meter);
    }
    const tiers = listIn(form, "tiers");
    if ((textIn(form, "unit_amount") === null) === (tiers.length === 0)) {
      throw Refusal.invalid("Give either unit_amount or tiers.");
    }
    const price = {
      id: priceId(key),
      object: "price",
      active: true,
      currency: textIn(form, "currency"),
      lookup_key: key,
      product,
      metadata: form.metadata,
      unit_amount: tiers.length > 0 ? null : Number(textIn(form, "unit_amount")),
      recurring: {
        interval: textIn(form, "recurring", "interval"),
        interval_count: 1,
        usage_type: textIn(form, "recurring", "usage_type"),
        meter,
      },
      ...(tiers.length > 0 ? { tiers: tiers.map(tierOf) } : {}),
    } as unknown as Stripe.Price;
    this.prices.set(price.id, price);
    return price;
  }

  price(id: string): Stripe.Price {
    const price = this.prices.get(id);
    if (!price) throw Refusal.missing("price", id);
    return price;
  }

  listPrices(form: Form): Stripe.Price[] {
    const keys = typeof form.lookup_keys === "object" ? Object.values(form.lookup_keys) : null;
    const active = textIn(form, "active");
    return [...this.prices.values()].filter((price) =>
      (keys === null || keys.includes(price.lookup_key!)) &&
      (active === null || price.active === (active === "true"))
    );
  }

  createMeter(form: Form): Stripe.Billing.Meter {
    const event = textIn(form, "event_name")!;
    if (this.meters.has(event)) throw Refusal.invalid("A meter already uses that event name.");
    const meter = {
      id: meterId(event),
      object: "billing.meter",
      status: "active",
      event_name: event,
      display_name: textIn(form, "display_name"),
      default_aggregation: form.default_aggregation,
      event_time_window: textIn(form, "event_time_window"),
      customer_mapping: form.customer_mapping,
      value_settings: form.value_settings,
      created: Math.floor(this.clock.now().getTime() / 1_000),
    } as unknown as Stripe.Billing.Meter;
    this.meters.set(event, meter);
    return meter;
  }

  meter(id: string): Stripe.Billing.Meter {
    const meter = [...this.meters.values()].find((one) => one.id === id);
    if (!meter) throw Refusal.missing("meter", id);
    return meter;
  }
}

function productFields(form: Form) {
  const name = textIn(form, "name");
  return {
    active: textIn(form, "active") === "true",
    ...(name === null ? {} : { name }),
    ...(form.metadata ? { metadata: form.metadata } : {}),
  };
}

function tierOf(tier: Form) {
  const upTo = textIn(tier, "up_to");
  return { unit_amount: Number(textIn(tier, "unit_amount")), up_to: upTo === "inf" ? null : Number(upTo) };
}
