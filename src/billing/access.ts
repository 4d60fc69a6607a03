import { after, DAY } from "../platform/clock.ts";
import { type BillingAccount, currentSubscription } from "./accounts.ts";
import type { GatewaySubscription } from "./gateway/account.ts";
import { type PlanKey, planOf, PLANS } from "./plans.ts";

/** After this many days with a failed payment, the workspace is read-only. */
export const GRACE_DAYS = 14;

/** What the workspace may do: everything, read only, or what Starter includes. */
export type AccessLevel = "full" | "restricted" | "starter";

/**
 * What an account gives its tenant. From `planUntil` on, the plan is Starter; from `restrictedFrom` on, the workspace is read-only.
 * Both are on the account's clock.
 */
export type Access = {
  plan: PlanKey;
  planVersion: number;
  access: AccessLevel;
  planUntil: Date | null;
  restrictedFrom: Date | null;
  source: "subscription" | "grant" | "trial" | "none";
};

type Facts = Pick<
  BillingAccount,
  | "snapshot"
  | "plan"
  | "planVersion"
  | "pastDueSince"
  | "trialPlan"
  | "trialPlanVersion"
  | "trialEndsAt"
  | "grantedPlan"
  | "grantedPlanVersion"
  | "grantedUntil"
>;

/** The largest plan that the account has at `now`. Of equal ones, a subscription comes before a grant, and a grant before a trial. */
export function accessOf(account: Facts, now: Date): Access {
  const possible = [ofSubscription(account, now), ofGrant(account, now), ofTrial(account, now)]
    .filter((access) => access !== null);
  return possible.reduce(
    (best, other) => PLANS.indexOf(other.plan) > PLANS.indexOf(best.plan) ? other : best,
    STARTER,
  );
}

const STARTER: Access = {
  plan: "starter",
  planVersion: planOf("starter").version,
  access: "starter",
  planUntil: null,
  restrictedFrom: null,
  source: "none",
};

function ofSubscription(account: Facts, now: Date): Access | null {
  const subscription = currentSubscription(account);
  if (!subscription) return null;
  const planUntil = subscription.cancelAt;
  if (planUntil !== null && planUntil <= now) return null;
  const { plan, planVersion } = soldPlan(subscription, account);
  const restrictedFrom = restrictionOf(subscription, account);
  const access = restrictedFrom !== null && restrictedFrom <= now ? "restricted" : "full";
  return { plan, planVersion, access, planUntil, restrictedFrom, source: "subscription" };
}

/** A price that isn't ours leaves the plan as it was. */
function soldPlan({ price }: GatewaySubscription, { plan, planVersion }: Facts) {
  if (price) return { plan: price.plan, planVersion: price.version };
  return { plan: plan ?? "starter", planVersion: planVersion ?? planOf(plan ?? "starter").version };
}

function restrictionOf(
  { status, currentPeriodStart }: GatewaySubscription,
  { pastDueSince }: Facts,
): Date | null {
  if (status === "paused") return currentPeriodStart;
  if (status !== "past_due" && status !== "unpaid") return null;
  return after(pastDueSince ?? currentPeriodStart, GRACE_DAYS * DAY);
}

function ofGrant({ grantedPlan, grantedPlanVersion, grantedUntil }: Facts, now: Date): Access | null {
  if (!grantedPlan || (grantedUntil !== null && grantedUntil <= now)) return null;
  return {
    plan: grantedPlan,
    planVersion: grantedPlanVersion ?? planOf(grantedPlan).version,
    access: grantedPlan === "starter" ? "starter" : "full",
    planUntil: grantedUntil,
    restrictedFrom: null,
    source: "grant",
  };
}

function ofTrial({ trialPlan, trialPlanVersion, trialEndsAt }: Facts, now: Date): Access | null {
  if (!trialPlan || !trialEndsAt || trialEndsAt <= now) return null;
  return {
    plan: trialPlan,
    planVersion: trialPlanVersion ?? planOf(trialPlan).version,
    access: "full",
    planUntil: trialEndsAt,
    restrictedFrom: null,
    source: "trial",
  };
}
