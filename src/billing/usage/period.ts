import { type BillingAccount, currentSubscription } from "../accounts.ts";
import { type Period, periodAt, periodStart } from "../calendar.ts";
import type { GatewaySubscription } from "../gateway/account.ts";

/**
 * The period in which usage at `moment` counts: the subscription's month, or without a subscription the calendar month in UTC. A
 * yearly subscription has monthly allowances.
 */
export function usagePeriodAt(account: Pick<BillingAccount, "snapshot"> | null, moment: Date): Period {
  const subscription = account && currentSubscription(account);
  if (!subscription || subscription.createdAt > moment) return monthOf(moment);
  const { currentPeriodStart: start, currentPeriodEnd: end } = subscription;
  const isAMonth = subscription.price?.cycle !== "yearly" || subscription.status === "trialing";
  if (isAMonth && start <= moment && moment < end) return { start, end };
  return monthFrom(anchorOf(subscription), moment);
}

/** The calendar month in UTC. */
export function monthOf(moment: Date): Period {
  const [year, month] = [moment.getUTCFullYear(), moment.getUTCMonth()];
  return { start: new Date(Date.UTC(year, month, 1)), end: new Date(Date.UTC(year, month + 1, 1)) };
}

/** The end of the period that has the day of the subscription: of 28 February to 31 March, it is the 31st. */
function anchorOf({ currentPeriodStart: start, currentPeriodEnd: end }: GatewaySubscription): Date {
  return end.getUTCDate() > start.getUTCDate() ? end : start;
}

/** The month with `moment` in it, of those that are counted from the anchor, in both directions. */
function monthFrom(anchor: Date, moment: Date): Period {
  if (moment >= anchor) {
    const { start, end } = periodAt(anchor, "monthly", moment);
    return { start, end };
  }
  let index = -1;
  while (periodStart(anchor, "monthly", index) > moment) index--;
  return { start: periodStart(anchor, "monthly", index), end: periodStart(anchor, "monthly", index + 1) };
}
