import type Stripe from "stripe";
import { conflict } from "../../../errors.ts";
import { problem } from "../../../platform/problem.ts";
import type { Catalog, CatalogChange } from "../gateway.ts";
import { type AtStripe, changesOf, MADE_HERE } from "./catalog_changes.ts";
import { catalogEntries, type MeterEntry, type PriceEntry, type ProductEntry } from "./catalog_entries.ts";
import type { StripeClient } from "./client.ts";

const FIXED = problem(
  "gateway_catalog_fixed",
  "Stripe never changes this part of {key}: {difference}. Add a version of the plan instead, or take the key away from what has it at Stripe.",
);

const PAGE = 100;

/** Products, prices and meters at Stripe, which follow from the plans and metrics. */
export class StripeCatalog {
  constructor(private readonly client: StripeClient) {}

  async diff(catalog: Catalog): Promise<CatalogChange[]> {
    const changes = changesOf(catalogEntries(catalog), await this.#fetch());
    return changes.map(({ isFixed: _, ...change }) => change);
  }

  /** Throws `conflict`, before it changes anything, if something differs that Stripe never changes. */
  async apply(catalog: Catalog, wanted: readonly CatalogChange[]): Promise<void> {
    const entries = catalogEntries(catalog);
    const there = await this.#fetch();
    const changes = changesOf(entries, there).filter(({ action, kind, key }) =>
      wanted.some((one) => one.action === action && one.kind === kind && one.key === key)
    );
    const fixed = changes.find(({ isFixed }) => isFixed);
    if (fixed) throw conflict(FIXED.with({ key: fixed.key, difference: fixed.difference! }));
    for (const { action, kind, key } of changes) {
      const entry = entries[`${kind}s`].find((entry) => entry.key === key);
      if (action === "archive") await this.#archive(kind, key, there);
      else if (kind === "product") await this.#putProduct(entry as ProductEntry, there);
      else if (kind === "meter") await this.#putMeter(entry as MeterEntry, there);
      else await this.#putPrice(entry as PriceEntry, there);
    }
  }

  async #fetch(): Promise<AtStripe> {
    return await this.client.call(async (stripe) => {
      const there: AtStripe = { products: new Map(), prices: new Map(), meters: new Map() };
      for await (const product of stripe.products.list({ limit: PAGE })) {
        there.products.set(product.id, product);
      }
      for await (const price of stripe.prices.list({ limit: PAGE, expand: ["data.tiers"] })) {
        if (price.lookup_key) there.prices.set(price.lookup_key, price);
      }
      for await (const meter of stripe.billing.meters.list({ limit: PAGE })) {
        if (there.meters.get(meter.event_name)?.status !== "active") {
          there.meters.set(meter.event_name, meter);
        }
      }
      return there;
    });
  }

  async #putProduct({ id, name }: ProductEntry, { products }: AtStripe): Promise<void> {
    const fields = { name, active: true, metadata: MADE_HERE };
    await this.client.call((stripe) =>
      products.has(id) ? stripe.products.update(id, fields) : stripe.products.create({ id, ...fields })
    );
  }

  async #putMeter({ key, name }: MeterEntry, { meters }: AtStripe): Promise<void> {
    const known = meters.get(key);
    const meter = await this.client.call(async (stripe) => {
      if (!known) return await stripe.billing.meters.create(meterOf(key, name));
      if (known.status !== "active") await stripe.billing.meters.reactivate(known.id);
      return await stripe.billing.meters.update(known.id, { display_name: name });
    });
    meters.set(key, meter);
  }

  async #putPrice(entry: PriceEntry, { prices, meters }: AtStripe): Promise<void> {
    const known = prices.get(entry.key);
    const meter = entry.metered && meters.get(entry.metered.metric)!.id;
    await this.client.call((stripe) =>
      known ? stripe.prices.update(known.id, { active: true }) : stripe.prices.create(priceOf(entry, meter))
    );
  }

  async #archive(kind: CatalogChange["kind"], key: string, { prices }: AtStripe): Promise<void> {
    await this.client.call(async (stripe) => {
      if (kind === "price") await stripe.prices.update(prices.get(key)!.id, { active: false });
      if (kind === "product") await stripe.products.update(key, { active: false });
    });
  }
}

/** Events have a window of an hour, so that of each hour the newest total counts. */
function meterOf(key: string, name: string): Stripe.Billing.MeterCreateParams {
  return {
    event_name: key,
    display_name: name,
    default_aggregation: { formula: "sum" },
    event_time_window: "hour",
    customer_mapping: { type: "by_id", event_payload_key: "stripe_customer_id" },
    value_settings: { event_payload_key: "value" },
  };
}

function priceOf(
  { key, productId, currency, interval, amount, metered }: PriceEntry,
  meter: string | null,
): Stripe.PriceCreateParams {
  const priced: Partial<Stripe.PriceCreateParams> = metered && metered.included > 0
    ? {
      billing_scheme: "tiered",
      tiers_mode: "graduated",
      tiers: [{ up_to: metered.included, unit_amount: 0 }, { up_to: "inf", unit_amount: amount }],
    }
    : { unit_amount: amount };
  return {
    product: productId,
    currency,
    lookup_key: key,
    metadata: MADE_HERE,
    recurring: { interval, usage_type: metered ? "metered" : "licensed", ...(meter ? { meter } : {}) },
    ...priced,
  };
}
