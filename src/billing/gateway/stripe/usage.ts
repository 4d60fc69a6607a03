import type Stripe from "stripe";
import { type Clock, HOUR } from "../../../platform/clock.ts";
import type { CatalogMetric, UsageReport } from "../gateway.ts";
import { parseMeteredKey } from "./catalog_entries.ts";
import { isStripeFailure, type StripeClient } from "./client.ts";
import type { Invoices } from "./invoices.ts";
import type { PriceIds } from "./price_ids.ts";
import { idOf, toDate, toSeconds } from "./shapes.ts";
import { hasEnded } from "./changes.ts";

/** Hours that ended this recently belong to the current period, or to one whose invoice is still a draft. */
const RECENT = 2 * HOUR;
const MOST = 100;

type Used = { period: { start: number; end: number }; included: number; amount: number; billed: number };

/**
 * Reports metered usage. A meter whose events have a window of an hour counts the newest event of each hour, so a total replaces the one
 * before. Stripe never bills an hour of a period whose invoice is final: what it makes the period cost more waits as an invoice
 * item for the next invoice.
 */
export class Usage {
  constructor(
    private readonly client: StripeClient,
    private readonly prices: PriceIds,
    private readonly invoices: Invoices,
    private readonly options: { metrics: readonly CatalogMetric[]; clock: Clock },
  ) {}

  async report(usage: UsageReport): Promise<void> {
    await this.#send(usage);
    const metric = this.options.metrics.find(({ key }) => key === usage.metric);
    if (!metric || this.options.clock.now().getTime() - usage.hour.getTime() < RECENT) return;
    const subscription = await this.#closedBefore(usage);
    const used = subscription && await this.#billedIn(subscription, metric, usage.hour);
    if (!subscription || !used) return;
    const total = await usage.usedBetween(toDate(used.period.start), toDate(used.period.end));
    const late = await this.#lateItems(usage, used.period);
    const units = Math.max(0, total - used.included) - used.billed - late.units;
    if (units > 0) await this.#bill(subscription, metric, { ...used, units, number: late.count });
  }

  async #send({ customerId, metric, hour, total }: UsageReport): Promise<void> {
    try {
      await this.client.call((stripe) =>
        stripe.billing.meterEvents.create({
          event_name: metric,
          timestamp: toSeconds(hour),
          payload: { stripe_customer_id: customerId, value: String(total) },
        })
      );
    } catch (error) {
      // A meter takes events of the last 35 days. Anything older is in a period that is closed.
      if (!isStripeFailure(error) || error.code !== "timestamp_too_far_in_past") throw error;
    }
  }

  /** The customer's subscription, if its current period began after the hour. */
  async #closedBefore({ customerId, hour }: UsageReport): Promise<Stripe.Subscription | null> {
    const { data } = await this.client.call((stripe) =>
      stripe.subscriptions.list({ customer: customerId, status: "all", limit: MOST })
    );
    return data.find((subscription) =>
      !hasEnded(subscription) &&
      subscription.items.data.some(({ current_period_start }) => toDate(current_period_start) > hour)
    ) ?? null;
  }

  /** What a final invoice billed of the metric for the period that the hour is in. Null if none did. */
  async #billedIn(
    { id }: Stripe.Subscription,
    metric: CatalogMetric,
    hour: Date,
  ): Promise<Used | null> {
    const { data } = await this.client.call((stripe) =>
      stripe.invoices.list({ subscription: id, limit: MOST })
    );
    for (const listed of data) {
      if (listed.status === "draft" || listed.status === "void") continue;
      const { lines } = await this.invoices.withAllLines(listed);
      const inPeriod = lines.data.filter(({ period }) =>
        toDate(period.start) <= hour && hour < toDate(period.end)
      );
      for (const { period, pricing } of inPeriod) {
        const key = await this.#lookupKeyOf(pricing);
        const terms = key && parseMeteredKey(key, metric);
        if (!terms) continue;
        const ofPrice = inPeriod.filter((line) =>
          idOf(line.pricing?.price_details?.price) === idOf(pricing?.price_details?.price)
        );
        const billed = ofPrice.reduce((sum, { amount }) => sum + amount, 0) / terms.price;
        return { period, included: terms.included, amount: terms.price, billed };
      }
    }
    return null;
  }

  async #lookupKeyOf(pricing: Stripe.InvoiceLineItem["pricing"]): Promise<string | null> {
    const id = idOf(pricing?.price_details?.price);
    return id === null ? null : await this.prices.keyOf(id);
  }

  /** What was billed late for the period before. */
  async #lateItems({ customerId, metric }: UsageReport, period: Used["period"]) {
    const { data } = await this.client.call((stripe) =>
      stripe.invoiceItems.list({ customer: customerId, limit: MOST })
    );
    const items = data.filter(({ metadata }) =>
      metadata?.metric === metric && metadata.period === String(period.start)
    );
    return {
      count: items.length,
      units: items.reduce((sum, { metadata }) => sum + Number(metadata!.units), 0),
    };
  }

  async #bill(
    { id, customer, currency }: Stripe.Subscription,
    { key, name }: CatalogMetric,
    { period, amount, units, number }: Used & { units: number; number: number },
  ): Promise<void> {
    await this.client.call((stripe) =>
      stripe.invoiceItems.create({
        customer: idOf(customer)!,
        subscription: id,
        currency,
        amount: units * amount,
        description: `${name}: ${units} more, reported late`,
        period,
        metadata: { metric: key, period: String(period.start), units: String(units) },
      }, { idempotencyKey: `late ${id} ${key} ${period.start} ${number}` })
    );
  }
}
