import type Stripe from "stripe";
import { unavailable } from "../../../errors.ts";
import { problem } from "../../../platform/problem.ts";
import { lookupKey, parseLookupKey, type Price } from "../../prices.ts";
import type { CatalogMetric } from "../gateway.ts";
import { meteredKeys } from "./catalog_entries.ts";
import type { StripeClient } from "./client.ts";
import { idOf } from "./shapes.ts";

const NOT_SYNCED = problem(
  "gateway_price_missing",
  "The payment provider has no price {key} yet. Ask the operator to run: denizen plans sync",
);
const RETRY_SECONDS = 600;

/** What a subscription consists of: the plan's price, and those of the metrics that it bills. */
export type PriceSet = { plan: string; metered: { id: string; meter: string | null }[] };

/** The ids of prices at Stripe. A lookup key never moves, so each is asked for once. */
export class PriceIds {
  readonly #byKey = new Map<string, Stripe.Price>();
  readonly #keyById = new Map<string, string | null>();

  constructor(private readonly client: StripeClient, private readonly metrics: readonly CatalogMetric[]) {}

  /** Throws `unavailable` if `plans sync` has never run for this price. */
  async of(price: Price): Promise<PriceSet> {
    const keys = [lookupKey(price), ...meteredKeys(price, this.metrics)];
    const missing = keys.filter((key) => !this.#byKey.has(key));
    if (missing.length > 0) {
      const { data } = await this.client.call((stripe) =>
        stripe.prices.list({ lookup_keys: missing, active: true, limit: 100 })
      );
      for (const found of data) this.remember(found);
    }
    const [plan, ...metered] = keys.map((key) => {
      const found = this.#byKey.get(key);
      if (!found) throw unavailable(NOT_SYNCED.with({ key }), RETRY_SECONDS);
      return { id: found.id, meter: found.recurring?.meter ?? null };
    });
    return { plan: plan!.id, metered };
  }

  remember(price: Stripe.Price): void {
    this.#keyById.set(price.id, price.lookup_key);
    if (price.lookup_key) this.#byKey.set(price.lookup_key, price);
  }

  /** Asks for the prices that are known only by id, as in the phases of a schedule. */
  async learn(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      if (this.#keyById.has(id)) continue;
      this.remember(await this.client.call((stripe) => stripe.prices.retrieve(id)));
    }
  }

  /** The lookup key of the price with this id. Null without one. */
  async keyOf(id: string): Promise<string | null> {
    await this.learn([id]);
    return this.#keyById.get(id) ?? null;
  }

  /** The price of ours that this is. Null for others, and for those that `learn` hasn't asked for. */
  priceOf(price: string | Stripe.Price | Stripe.DeletedPrice): Price | null {
    const known = typeof price === "object" && "lookup_key" in price ? price.lookup_key : null;
    const key = known ?? this.#keyById.get(idOf(price) ?? "") ?? null;
    return key === null ? null : parseLookupKey(key);
  }
}
