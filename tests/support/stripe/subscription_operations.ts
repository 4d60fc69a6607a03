import type { SubscriptionState } from "../../../src/billing/engine/state.ts";
import { lookupKey } from "../../../src/billing/prices.ts";
import { Refusal } from "./answers.ts";
import type { StripeDouble } from "./double.ts";
import { type Form, listIn, textIn } from "./form.ts";
import type { Operation } from "./operations.ts";
import { checkMetered, customerOf, orderIn, subscriptionIn } from "./ordered.ts";
import { discountsOf, listOf, priceId, seconds } from "./render.ts";

/**
 * What an update that may wait for its payment can contain
 * (https://docs.stripe.com/billing/subscriptions/pending-updates-reference).
 */
const PENDING = ["items", "payment_behavior", "proration_behavior", "proration_date"];

export const SUBSCRIPTION_OPERATIONS: Record<string, Operation> = {
  "GET /v1/subscriptions": async (double, { form }) => {
    const state = await double.customer(textIn(form, "customer")!);
    const shown = {
      expandsSchedule: expands(form, "data.schedule"),
      expandsDiscounts: expands(form, "data.discounts.source.coupon"),
    };
    return listOf(
      state.isDeleted ? [] : state.subscriptions.map((one) =>
        double.renderer.subscription(state, one, {
          ...shown,
          bareSchedule: double.bareSchedules.get(one.id) ?? null,
        })
      ).reverse(),
    );
  },

  "GET /v1/subscriptions/:id": async (double, { id, form }) =>
    await subscription(double, id, expands(form, "schedule")),

  "POST /v1/subscriptions/:id": async (double, { id, form }) => {
    await double.play(customerOf("subscription", id), (life) => {
      const found = subscriptionIn(life, id);
      if (found.endedAt !== null) {
        throw Refusal.invalid("A canceled subscription can only update its metadata.");
      }
      const isScheduled = found.scheduled !== null || double.bareSchedules.has(id);
      const cancels = textIn(form, "cancel_at_period_end");
      if (textIn(form, "cancel_at") !== null || cancels !== null) {
        if (isScheduled) throw Refusal.invalid("The subscription is managed by a subscription schedule.");
        if (textIn(form, "cancel_at") !== null && cancels !== null) {
          throw Refusal.invalid("Give either cancel_at or cancel_at_period_end.");
        }
        if (cancels === "true") return life.cancelAtEnd(found);
        // Taking the flag back leaves a date that was set.
        if (cancels === null || found.cancelsAtEnd) life.keep(found);
        return;
      }
      const items = listIn(form, "items");
      if (textIn(form, "payment_behavior") === null) {
        if (textIn(items[0]!, "price") !== null) {
          throw Refusal.invalid("Only seats change without a payment.");
        }
        return life.changeSeats(found, Number(textIn(items[0]!, "quantity")));
      }
      const other = Object.keys(form).find((name) => !PENDING.includes(name));
      if (other) throw Refusal.invalid(`${other} can't wait for a payment.`);
      if (found.pending) throw Refusal.invalid("The subscription has a pending update.");
      const order = orderIn(double, items);
      checkMetered(double, order, items, found);
      const at = Number(textIn(form, "proration_date")) * 1_000;
      if (at < found.periodStart - 1_000 || at > found.periodEnd) {
        throw Refusal.invalid("The proration date is outside of the current period.");
      }
      life.changeNow(found, order, Math.min(at, life.now));
    });
    return await subscription(double, id, false);
  },

  "DELETE /v1/subscriptions/:id": async (double, { id }) => {
    await double.play(customerOf("subscription", id), (life) => {
      const found = subscriptionIn(life, id);
      if (found.endedAt !== null) throw Refusal.missing("subscription", id);
      life.cancelNow(found);
    });
    double.bareSchedules.delete(id);
    return await subscription(double, id, false);
  },

  "POST /v1/subscription_schedules": async (double, { form }) => {
    const id = textIn(form, "from_subscription")!;
    const found = await look(double, id);
    if (found.scheduled || double.bareSchedules.has(id)) {
      throw Refusal.invalid("The subscription has a schedule already.");
    }
    const scheduleId = `sub_sched_${id.replace(/^sub_/, "")}`;
    double.bareSchedules.set(id, scheduleId);
    return double.renderer.schedule(found, scheduleId);
  },

  "POST /v1/subscription_schedules/:id": async (double, { id, form }) => {
    const found = await scheduled(double, id);
    const [current, next] = listIn(form, "phases");
    if (!current || !next) throw Refusal.invalid("A downgrade needs two phases.");
    const isSame = textIn(current, "items", "0", "price") === priceId(lookupKey(found.price)) &&
      Number(textIn(current, "end_date")) * 1_000 === found.periodEnd &&
      Number(textIn(current, "start_date")) * 1_000 === Math.floor(found.periodStart / 1_000) * 1_000;
    if (!isSame) throw Refusal.invalid("The current phase can't change.");
    refuseLosses(double, found, [current, next]);
    const items = listIn(next, "items");
    const order = orderIn(double, items);
    checkMetered(double, order, items, null);
    await double.play(customerOf("subscription", found.id), (life) => {
      const subscription = subscriptionIn(life, found.id);
      life.schedule(subscription, order);
      subscription.scheduled!.scheduleId = id;
    });
    double.bareSchedules.delete(found.id);
    return double.renderer.schedule(await look(double, found.id), id);
  },

  "POST /v1/subscription_schedules/:id/release": async (double, { id }) => {
    const found = await scheduled(double, id);
    double.bareSchedules.delete(found.id);
    await double.play(
      customerOf("subscription", found.id),
      (life) => life.releaseSchedule(subscriptionIn(life, found.id)),
    );
    return { id, object: "subscription_schedule", status: "released" };
  },
};

/** Stripe takes away what a phase doesn't name. The double refuses instead, so that nobody loses it unnoticed. */
function refuseLosses(double: StripeDouble, subscription: SubscriptionState, phases: Form[]): void {
  const { trialEndsAt } = subscription;
  const trialEnd = trialEndsAt !== null && trialEndsAt > double.now ? String(seconds(trialEndsAt)) : null;
  if (textIn(phases[0]!, "trial_end") !== trialEnd) throw Refusal.invalid("The trial would be lost.");
  const kept = discountsOf(subscription).map(({ id }) => id).join();
  if (
    phases.some((phase) => listIn(phase, "discounts").map((one) => textIn(one, "discount")).join() !== kept)
  ) {
    throw Refusal.invalid("A discount would be lost.");
  }
}

export async function look(double: StripeDouble, id: string): Promise<SubscriptionState> {
  return await double.play(customerOf("subscription", id), (life) => subscriptionIn(life, id));
}

async function subscription(double: StripeDouble, id: string, expandsSchedule: boolean) {
  const found = await look(double, id);
  const state = await double.customer(customerOf("subscription", id));
  const bareSchedule = double.bareSchedules.get(id) ?? null;
  return double.renderer.subscription(state, found, { expandsSchedule, bareSchedule });
}

/** The subscription that a schedule is for. Stripe knows a schedule that let go, and refuses to change it. */
async function scheduled(double: StripeDouble, scheduleId: string): Promise<SubscriptionState> {
  const bare = [...double.bareSchedules].find(([, id]) => id === scheduleId)?.[0];
  if (bare) return await look(double, bare);
  const state = await double.customer(
    customerOf("subscription_schedule", scheduleId.replace("sub_sched_", "sub_")),
  );
  const found = state.subscriptions.find(({ scheduled }) => scheduled?.scheduleId === scheduleId);
  if (!found) throw Refusal.invalid("The schedule is released.");
  return found;
}

export function expands(form: Form, path: string): boolean {
  return typeof form.expand === "object" && Object.values(form.expand).includes(path);
}
