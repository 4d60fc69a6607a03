import type Stripe from "stripe";
import { DomainError } from "../../../errors.ts";
import type { Price } from "../../prices.ts";
import type { SubscriptionChange } from "../gateway.ts";
import type { StripeClient } from "./client.ts";
import type { Invoices } from "./invoices.ts";
import type { PriceIds } from "./price_ids.ts";
import { idOf, toSeconds } from "./shapes.ts";
import { planItemOf, scheduleOf } from "./to_subscription.ts";

const SCHEDULE = ["schedule"];
const DURATIONS = { monthly: "month", yearly: "year" } as const;

type Item = Stripe.SubscriptionUpdateParams.Item;
type Order = { price: Price; seats: number };

/** Changes of subscriptions at Stripe. */
export class SubscriptionChanges {
  constructor(
    private readonly client: StripeClient,
    private readonly prices: PriceIds,
    private readonly invoices: Invoices,
  ) {}

  async find(id: string): Promise<Stripe.Subscription> {
    return await this.client.call((stripe) => stripe.subscriptions.retrieve(id, { expand: SCHEDULE }));
  }

  /** The items that turn the subscription into what was ordered. */
  async itemsFor(subscription: Stripe.Subscription, { price, seats }: Order): Promise<Item[]> {
    const { plan, metered } = await this.prices.of(price);
    const item = planItemOf(subscription, this.#priceOf);
    const others = subscription.items.data.filter(({ id, price }) =>
      id !== item?.id && price.recurring?.usage_type === "metered"
    );
    const kept = new Set<string>();
    const changed = metered.map(({ id, meter }): Item | null => {
      const same = others.find(({ price }) => price.recurring?.meter === meter);
      if (!same) return { price: id };
      kept.add(same.id);
      return same.price.id === id ? null : { id: same.id, price: id };
    });
    const dropped = others.filter(({ id }) => !kept.has(id)).map(({ id }): Item => ({ id, deleted: true }));
    return [
      { ...(item ? { id: item.id } : {}), price: plan, quantity: seats },
      ...changed.filter((one) => one !== null),
      ...dropped,
    ];
  }

  /**
   * Charges the difference now. Nothing changes before it is paid: until then, the change is a `pending_update`. Of two calls for
   * the same change, the second one returns what the first one made.
   */
  async changeNow(
    { subscriptionId, price, seats, at, key }: SubscriptionChange & { key: string },
  ): Promise<Stripe.Subscription> {
    const subscription = await this.find(subscriptionId);
    if (await this.#isMade(subscription, { price, seats })) return subscription;
    await this.#dropPending(subscription);
    const items = await this.itemsFor(subscription, { price, seats });
    try {
      return await this.client.call((stripe) =>
        stripe.subscriptions.update(subscriptionId, {
          items,
          payment_behavior: "pending_if_incomplete",
          proration_behavior: "always_invoice",
          proration_date: toSeconds(at),
        }, { idempotencyKey: key })
      );
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind !== "conflict") throw error;
      return await this.find(subscriptionId);
    }
  }

  /** Stripe turns the prorations of several changes into lines of the period's next invoice. */
  async changeSeats(
    { subscriptionId, seats, key }: { subscriptionId: string; seats: number; key: string },
  ): Promise<void> {
    const item = planItemOf(await this.find(subscriptionId), this.#priceOf);
    if (!item || item.quantity === seats) return;
    await this.client.call((stripe) =>
      stripe.subscriptions.update(subscriptionId, {
        items: [{ id: item.id, quantity: seats }],
        proration_behavior: "create_prorations",
      }, { idempotencyKey: key })
    );
  }

  /** A schedule of two phases: what there is until the period's end, and then the order. After it starts, the schedule lets go. */
  async schedule({ subscriptionId, price, seats, key }: Order & { subscriptionId: string; key: string }) {
    const subscription = await this.find(subscriptionId);
    await this.#dropPending(subscription);
    const schedule = scheduleOf(subscription) ??
      await this.client.call((stripe) =>
        stripe.subscriptionSchedules.create({ from_subscription: subscriptionId }, {
          idempotencyKey: `${key} schedule`,
        })
      );
    const { plan, metered } = await this.prices.of(price);
    const current = currentPhaseOf(subscription, schedule);
    const { discounts } = current;
    await this.client.call((stripe) =>
      stripe.subscriptionSchedules.update(schedule.id, {
        end_behavior: "release",
        phases: [current, {
          items: [{ price: plan, quantity: seats }, ...metered.map(({ id }) => ({ price: id }))],
          proration_behavior: "none",
          duration: { interval: DURATIONS[price.cycle], interval_count: 1 },
          ...(discounts ? { discounts } : {}),
        }],
      }, { idempotencyKey: key })
    );
  }

  /** Drops the schedule, if the subscription has one. */
  async release(subscription: Stripe.Subscription): Promise<void> {
    const schedule = scheduleOf(subscription);
    if (schedule) await this.client.call((stripe) => stripe.subscriptionSchedules.release(schedule.id));
  }

  /** Stripe refuses to cancel what a schedule changes, so the schedule goes first. */
  async cancelAtEnd(subscriptionId: string): Promise<void> {
    const subscription = await this.find(subscriptionId);
    if (hasEnded(subscription)) return;
    await this.release(subscription);
    await this.client.call((stripe) =>
      stripe.subscriptions.update(subscriptionId, { cancel_at_period_end: true })
    );
  }

  async cancelNow(subscriptionId: string): Promise<void> {
    const subscription = await this.find(subscriptionId);
    if (hasEnded(subscription)) return;
    await this.client.call((stripe) =>
      stripe.subscriptions.cancel(subscriptionId, { invoice_now: false, prorate: false })
    );
  }

  /** The customer portal sets a date instead of the flag, and Stripe takes only one of them back at a time. */
  async keep(subscriptionId: string): Promise<void> {
    const subscription = await this.find(subscriptionId);
    if (hasEnded(subscription)) return;
    const { cancel_at_period_end, cancel_at } = subscription;
    if (!cancel_at_period_end && cancel_at === null) return;
    await this.client.call((stripe) =>
      stripe.subscriptions.update(
        subscriptionId,
        cancel_at_period_end ? { cancel_at_period_end: false } : { cancel_at: "" },
      )
    );
  }

  /** Whether the subscription is what was ordered already, or waits for the customer to confirm the payment for it. */
  async #isMade(
    { items, pending_update, latest_invoice }: Stripe.Subscription,
    { price, seats }: Order,
  ): Promise<boolean> {
    const { plan } = await this.prices.of(price);
    const isOrder = (item: Stripe.SubscriptionItem) => item.price.id === plan && item.quantity === seats;
    if (!pending_update) return items.data.some(isOrder);
    const invoiceId = idOf(latest_invoice);
    if (!invoiceId || !pending_update.subscription_items?.some(isOrder)) return false;
    return (await this.invoices.fetch(invoiceId)).needsAction;
  }

  /** Voiding the invoice of a change that waits for its payment is how Stripe drops the change. */
  async #dropPending({ pending_update, latest_invoice }: Stripe.Subscription): Promise<void> {
    const invoiceId = idOf(latest_invoice);
    if (!pending_update || !invoiceId) return;
    await this.client.call(async (stripe) => {
      const { status } = await stripe.invoices.retrieve(invoiceId);
      if (status === "open") await stripe.invoices.voidInvoice(invoiceId);
    });
  }

  #priceOf: PriceIds["priceOf"] = (price) => this.prices.priceOf(price);
}

export function hasEnded({ status }: Stripe.Subscription): boolean {
  return status === "canceled" || status === "incomplete_expired";
}

/**
 * Until the end of the period, what the subscription is now. Stripe takes away the trial and the discounts that a phase doesn't
 * name.
 */
function currentPhaseOf(
  { items, status, trial_end, discounts }: Stripe.Subscription,
  schedule: Stripe.SubscriptionSchedule,
): Stripe.SubscriptionScheduleUpdateParams.Phase {
  const start = schedule.current_phase?.start_date ?? schedule.phases[0]?.start_date;
  return {
    ...(start === undefined ? {} : { start_date: start }),
    end_date: Math.min(...items.data.map(({ current_period_end }) => current_period_end)),
    ...(status === "trialing" && trial_end !== null ? { trial_end } : {}),
    ...namedDiscounts(discounts),
    items: items.data.map(({ price, quantity, discounts }) => ({
      price: price.id,
      ...(price.recurring?.usage_type === "metered" ? {} : { quantity: quantity ?? 1 }),
      ...namedDiscounts(discounts),
    })),
  };
}

/** Without any, a subscription has its customer's discount, and so does a phase that names none. */
function namedDiscounts(discounts: readonly (string | Stripe.Discount)[]) {
  return discounts.length === 0 ? {} : { discounts: discounts.map((one) => ({ discount: idOf(one)! })) };
}
