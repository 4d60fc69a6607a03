import { type BillingAccount, currentSubscription } from "../accounts.ts";
import { MONTHS, type Period, periodAt } from "../calendar.ts";
import { allowanceOf, type Entitled } from "../entitlements.ts";
import type { GatewaySubscription } from "../gateway/account.ts";
import type { Meter } from "../meter.ts";
import type { Cents } from "../money.ts";
import type { BillingCycle } from "../prices.ts";
import { usagePeriodAt } from "./period.ts";

/** What a tenant may use of a metric in a period. `included` is null for any number. */
export type UsageTerms = {
  period: Period;
  cycle: BillingCycle;
  included: number | null;
  /** What each further unit costs: nothing without a subscription. Null if there are none. */
  overagePrice: Cents | null;
};

/**
 * The terms of the period that contains `now`. The gateway bills usage with the plan, so what a yearly subscription sells beyond the
 * allowance counts by the year, with twelve months of it. Everything else counts by the month.
 */
export function termsOf(
  { account, tenant, meter, now }: {
    account: Pick<BillingAccount, "snapshot"> | null;
    tenant: Entitled;
    meter: Meter;
    now: Date;
  },
): UsageTerms {
  const { included, overage } = allowanceOf(tenant, meter, now);
  const subscription = account && currentSubscription(account);
  if (overage === undefined || !subscription) {
    const overagePrice = overage === undefined ? null : 0;
    return { period: usagePeriodAt(account, now), cycle: "monthly", included, overagePrice };
  }
  const cycle = subscription.price?.cycle ?? "monthly";
  return {
    period: cycle === "yearly" ? yearAt(subscription, now) : usagePeriodAt(account, now),
    cycle,
    included: included === null ? null : included * MONTHS[cycle],
    overagePrice: overage,
  };
}

/** The gateway may have renewed since it was asked. */
function yearAt(
  { currentPeriodStart: start, currentPeriodEnd: end }: GatewaySubscription,
  now: Date,
): Period {
  return now < end ? { start, end } : periodAt(end, "yearly", now);
}
