import type Stripe from "stripe";
import type { CatalogChange } from "../gateway.ts";
import type { CatalogEntries, MeterEntry, PriceEntry, ProductEntry } from "./catalog_entries.ts";
import { idOf } from "./shapes.ts";

/** Marks what `plans sync` made, so that it archives nothing else. */
export const MADE_HERE = { denizen: "catalog" };

/** Products by id, prices by lookup key and meters by event name, archived ones included. */
export type AtStripe = {
  products: Map<string, Stripe.Product>;
  prices: Map<string, Stripe.Price>;
  meters: Map<string, Stripe.Billing.Meter>;
};

/** `isFixed`: Stripe can't change this any more. */
export type Change = CatalogChange & { isFixed: boolean };

type Field = [name: string, is: unknown, wanted: unknown];

export function changesOf(entries: CatalogEntries, there: AtStripe): Change[] {
  return [
    ...entries.products.flatMap((entry) => productChange(entry, there)),
    ...entries.meters.flatMap((entry) => meterChange(entry, there)),
    ...entries.prices.flatMap((entry) => priceChange(entry, there)),
    ...leftOver(entries, there),
  ];
}

function productChange({ key, id, name }: ProductEntry, { products }: AtStripe): Change[] {
  const product = products.get(id);
  if (!product) return [created("product", key)];
  return changed("product", key, { free: [["name", product.name, name], ["active", product.active, true]] });
}

function meterChange({ key, name }: MeterEntry, { meters }: AtStripe): Change[] {
  const meter = meters.get(key);
  if (!meter) return [created("meter", key)];
  return changed("meter", key, {
    free: [["name", meter.display_name, name], ["status", meter.status, "active"]],
    fixed: [
      ["aggregation", meter.default_aggregation.formula, "sum"],
      ["window", meter.event_time_window, "hour"],
      ["customer", meter.customer_mapping.event_payload_key, "stripe_customer_id"],
      ["value", meter.value_settings.event_payload_key, "value"],
    ],
  });
}

function priceChange(entry: PriceEntry, { prices, meters }: AtStripe): Change[] {
  const price = prices.get(entry.key);
  if (!price) return [created("price", entry.key)];
  const { metered } = entry;
  return changed("price", entry.key, {
    free: [["active", price.active, true]],
    fixed: [
      ["product", idOf(price.product), entry.productId],
      ["currency", price.currency, entry.currency],
      ["interval", price.recurring?.interval, entry.interval],
      ["interval count", price.recurring?.interval_count, 1],
      ["usage", price.recurring?.usage_type, metered ? "metered" : "licensed"],
      ["meter", price.recurring?.meter ?? null, (metered && meters.get(metered.metric)?.id) ?? null],
      ["amount", amountsOf(price), wantedAmounts(entry)],
    ],
  });
}

/** What was made here and isn't declared any more. Subscriptions keep an archived price. */
function leftOver(entries: CatalogEntries, { products, prices }: AtStripe): Change[] {
  const productIds = new Set(entries.products.map(({ id }) => id));
  const priceKeys = new Set(entries.prices.map(({ key }) => key));
  const isOurs = ({ active, metadata }: Pick<Stripe.Product, "active" | "metadata">) =>
    active && metadata.denizen === MADE_HERE.denizen;
  return [
    ...[...prices].filter(([key, price]) => isOurs(price) && !priceKeys.has(key))
      .map(([key]) => archived("price", key)),
    ...[...products].filter(([id, product]) => isOurs(product) && !productIds.has(id))
      .map(([id]) => archived("product", id)),
  ];
}

function amountsOf({ unit_amount, tiers }: Stripe.Price): string {
  if (!tiers) return String(unit_amount);
  return tiers.map(({ unit_amount, up_to }) => `${unit_amount} to ${up_to ?? "inf"}`).join(", ");
}

function wantedAmounts({ amount, metered }: PriceEntry): string {
  return metered && metered.included > 0 ? `0 to ${metered.included}, ${amount} to inf` : String(amount);
}

function created(kind: Change["kind"], key: string): Change {
  return { action: "create", kind, key, difference: null, isFixed: false };
}

function archived(kind: Change["kind"], key: string): Change {
  return { action: "archive", kind, key, difference: "not declared", isFixed: false };
}

function changed(
  kind: Change["kind"],
  key: string,
  { free, fixed = [] }: { free: Field[]; fixed?: Field[] },
): Change[] {
  const differs = ([, is, wanted]: Field) => is !== wanted;
  const different = [...free, ...fixed].filter(differs);
  if (different.length === 0) return [];
  const difference = different.map(([name, is, wanted]) => `${name}: ${is} -> ${wanted}`).join(", ");
  return [{ action: "update", kind, key, difference, isFixed: fixed.some(differs) }];
}
