import { endsWithPeriod, isSameOrder } from "../../engine/subscriptions.ts";
import type { Life } from "../../engine/engine.ts";
import type { LineState, SubscriptionState } from "../../engine/state.ts";
import { currentPeriod } from "../../engine/usage.ts";
import type { ChangePreview, SubscriptionChange } from "../gateway.ts";
import { toLine } from "./to_account.ts";

/** What a change would cost. Leaves a life behind that nobody stores. */
export function previewOf(
  life: Life,
  subscription: SubscriptionState,
  { price, seats, at }: Omit<SubscriptionChange, "subscriptionId">,
): ChangePreview {
  const order = isSameOrder(subscription, { price, seats }) ? null : { price, seats };
  if (order) life.dropPending(subscription);
  const { lines, period } = order
    ? life.change(subscription, order, at.getTime())
    : { lines: [], period: null };
  const now = life.bill(subscription, lines, price.currency);
  const next = nextInvoice(life, subscription, order, period?.to);
  const after = life.bill(subscription, next.lines, price.currency, next.at);
  return {
    dueNow: { amount: Math.max(0, now.total - now.creditUsed), currency: price.currency },
    lines: now.lines.map(toLine),
    next: {
      at: new Date(next.at),
      total: { amount: after.total, currency: price.currency },
      lines: after.lines.map(toLine),
    },
  };
}

function nextInvoice(
  life: Life,
  subscription: SubscriptionState,
  order: Pick<SubscriptionState, "price" | "seats"> | null,
  newEnd: number | undefined,
): { at: number; lines: LineState[] } {
  if (!order) return { at: subscription.periodEnd, lines: life.nextLines(subscription) };
  const changed: SubscriptionState = {
    ...subscription,
    ...order,
    waitingLines: [],
    scheduled: null,
    ...(newEnd === undefined ? {} : {
      anchor: life.now,
      period: 0,
      periodStart: life.now,
      periodEnd: newEnd,
      closedPeriods: [...subscription.closedPeriods, currentPeriod(subscription, life.now)],
    }),
  };
  return {
    at: changed.periodEnd,
    lines: endsWithPeriod(changed) ? [] : life.nextLines(changed),
  };
}
