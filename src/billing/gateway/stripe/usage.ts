import type Stripe from "stripe";
import { type Clock, HOUR } from "../../../platform/clock.ts";
import type { CatalogMetric, HourlyUsage, UsageReport } from "../gateway.ts";
import { parseMeteredKey } from "./catalog_entries.ts";
import { hasEnded } from "./changes.ts";
import { isStripeFailure, type StripeClient } from "./client.ts";
import type { Invoices } from "./invoices.ts";
import type { PriceIds } from "./price_ids.ts";
import { idOf, toDate, toSeconds } from "./shapes.ts";

/** Hours that ended this recently belong to the current period, or to one whose invoice is still a draft. */
const RECENT = 2 * HOUR;
const MOST = 100;

/** A period that a final invoice billed: the allowance, the price of a unit, and how many units it billed. */
type Billed = { period: { start: number; end: number }; included: number; price: number; units: number };

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

  /** However many hours are late, what was billed is read once. */
  async report(report: UsageReport): Promise<void> {
    // One after another: Stripe takes one event of a customer's meter at a time.
    for (const hour of report.hours) await this.#send(report.customerId, hour);
    const recent = this.options.clock.now().getTime() - RECENT;
    const late = report.hours.filter(({ hour }) => hour.getTime() <= recent);
    const subscription = late.length > 0 ? await this.#runningOf(report.customerId) : null;
    const closed = late.filter(({ hour }) => subscription && hour < startOf(subscription));
    if (subscription && closed.length > 0) await this.#billLate(report, subscription, closed);
  }

  async #send(customerId: string, { metric, hour, total }: HourlyUsage): Promise<void> {
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

  async #runningOf(customer: string): Promise<Stripe.Subscription | null> {
    const { data } = await this.client.call((stripe) =>
      stripe.subscriptions.list({ customer, status: "all", limit: MOST })
    );
    return data.find((subscription) => !hasEnded(subscription)) ?? null;
  }

  /** Bills what hours of closed periods make these cost more than was billed. */
  async #billLate(
    { customerId, usedBetween }: UsageReport,
    subscription: Stripe.Subscription,
    closed: HourlyUsage[],
  ): Promise<void> {
    const [lines, items] = await Promise.all([
      this.#linesSince(subscription, closed.map(({ hour }) => hour)),
      this.client.call((stripe) => stripe.invoiceItems.list({ customer: customerId, limit: MOST })),
    ]);
    for (const metric of this.options.metrics) {
      const hours = closed.filter((used) => used.metric === metric.key).map(({ hour }) => hour);
      for (const billed of await this.#billedFor(metric, hours, lines)) {
        const { period, included } = billed;
        const earlier = items.data.filter(({ metadata }) =>
          metadata?.metric === metric.key && metadata.period === String(period.start)
        );
        const total = await usedBetween(metric.key, toDate(period.start), toDate(period.end));
        const units = Math.max(0, total - included) - billed.units - sum(earlier, unitsOf);
        if (units > 0) await this.#bill(subscription, metric, { ...billed, units, number: earlier.length });
      }
    }
  }

  /** The lines of the final invoices that can bill one of the hours. An invoice comes after what it bills. */
  async #linesSince({ id }: Stripe.Subscription, hours: Date[]): Promise<Stripe.InvoiceLineItem[]> {
    const first = Math.min(...hours.map(toSeconds));
    const { data } = await this.client.call((stripe) =>
      stripe.invoices.list({ subscription: id, limit: MOST })
    );
    const final = data.filter(({ status, created }) =>
      status !== "draft" && status !== "void" && created >= first
    );
    const complete = await Promise.all(final.map((invoice) => this.invoices.withAllLines(invoice)));
    return complete.flatMap(({ lines }) => lines.data);
  }

  /** What the lines billed of the metric, for each period with one of the hours. */
  async #billedFor(
    metric: CatalogMetric,
    hours: Date[],
    lines: Stripe.InvoiceLineItem[],
  ): Promise<Billed[]> {
    const billed = new Map<string, Billed>();
    for (const { period, pricing, amount } of lines) {
      if (!hours.some((hour) => toDate(period.start) <= hour && hour < toDate(period.end))) continue;
      const key = await this.#lookupKeyOf(pricing);
      const terms = key && parseMeteredKey(key, metric);
      if (!terms) continue;
      const { units } = billed.get(`${key} ${period.start}`) ?? { units: 0 };
      billed.set(`${key} ${period.start}`, { ...terms, period, units: units + amount / terms.price });
    }
    return [...billed.values()];
  }

  async #lookupKeyOf(pricing: Stripe.InvoiceLineItem["pricing"]): Promise<string | null> {
    const id = idOf(pricing?.price_details?.price);
    return id === null ? null : await this.prices.keyOf(id);
  }

  async #bill(
    { id, customer, currency }: Stripe.Subscription,
    { key, name }: CatalogMetric,
    { period, price, units, number }: Billed & { number: number },
  ): Promise<void> {
    await this.client.call((stripe) =>
      stripe.invoiceItems.create({
        customer: idOf(customer)!,
        subscription: id,
        currency,
        amount: units * price,
        description: `${name}: ${units} more, reported late`,
        period,
        metadata: { metric: key, period: String(period.start), units: String(units) },
      }, { idempotencyKey: `late ${id} ${key} ${period.start} ${number}` })
    );
  }
}

/** When the current period began. */
function startOf({ items }: Stripe.Subscription): Date {
  return toDate(Math.max(...items.data.map(({ current_period_start }) => current_period_start)));
}

function unitsOf({ metadata }: Stripe.InvoiceItem): number {
  return Number(metadata!.units);
}

function sum<Item>(items: Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
