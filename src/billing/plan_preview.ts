import { authorize } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import { SECOND } from "../platform/clock.ts";
import { withDeadline } from "../platform/deadline.ts";
import { describeError, logOf } from "../platform/log.ts";
import { unitAmount } from "./engine/amounts.ts";
import { currentSubscription, findAccount, timeOf } from "./accounts.ts";
import type { ChangePreview } from "./gateway/gateway.ts";
import { GATEWAY } from "./gateway/open.ts";
import { exceededOn, type LimitUsage, listLimitUsage } from "./limit_usage.ts";
import { isSmaller, priceOf } from "./order_terms.ts";
import { seatsFor } from "./paid_seats.ts";
import { BILLING_MANAGE, BILLING_READ } from "./permissions.ts";
import type { Money } from "./money.ts";
import type { PlanFeature } from "./plan_feature.ts";
import { includes, isEntitled } from "./plan_features.ts";
import type { SubscriptionInput } from "./subscription.ts";

/** A page shows everything else without the next invoice. */
const PREVIEW_TIME = 3 * SECOND;

const log = logOf("billing");

export type PlanPreview = {
  /** When the order would apply. */
  startsAt: Date;
  /** Whether it would apply immediately, and not at the end of the period. */
  isNow: boolean;
  /** What each full period of the plan costs. Null for `starter`, which is free. */
  perPeriod: Money | null;
  /** What it would cost. Null if there is no subscription to change, or nothing to pay. */
  change: ChangePreview | null;
  /** The limits that the tenant would exceed. */
  exceeded: LimitUsage[];
  /** What the tenant has now and would lose. */
  lost: PlanFeature[];
};

/** What an order would cost now and next time, and what it would take away. Throws `forbidden`. */
export async function previewPlan(ctx: TenantContext, input: SubscriptionInput): Promise<PlanPreview> {
  authorize(ctx, BILLING_MANAGE);
  const { services, system, tenant } = ctx;
  const [account, usage] = await Promise.all([
    findAccount(system.control, tenant.id),
    listLimitUsage(ctx),
  ]);
  const taken = { exceeded: exceededOn(input.plan, usage), lost: lostOn(ctx, input) };
  const current = account && currentSubscription(account);
  if (input.plan === "starter") {
    const startsAt = current?.currentPeriodEnd ?? services.clock.now();
    return { startsAt, isNow: !current, perPeriod: null, change: null, ...taken };
  }
  const price = priceOf({ ...input, plan: input.plan }, current);
  const seats = await seatsFor(system.control, tenant.id, price);
  const perPeriod = { amount: unitAmount(price) * seats, currency: price.currency };
  if (!current) return { startsAt: services.clock.now(), isNow: true, perPeriod, change: null, ...taken };
  const at = timeOf(account, services.clock);
  // A smaller plan charges nothing now, and its first invoice is the next one.
  const isNow = !isSmaller(current, price);
  const change = await services.use(GATEWAY).previewChange({
    subscriptionId: current.id,
    price: isNow ? price : current.price ?? price,
    seats: isNow ? seats : current.seats,
    at,
  });
  return { startsAt: isNow ? at : current.currentPeriodEnd, isNow, perPeriod, change, ...taken };
}

/** The next invoice of the subscription. Null if none will come, or if the gateway doesn't say within a moment. */
export async function previewNextInvoice(ctx: TenantContext): Promise<ChangePreview["next"] | null> {
  authorize(ctx, BILLING_READ);
  const { services, system, tenant } = ctx;
  const account = await findAccount(system.control, tenant.id);
  const current = account && currentSubscription(account);
  if (!account || !current?.price || current.cancelAt) return null;
  const { price, seats, id } = current;
  const at = timeOf(account, services.clock);
  try {
    const preview = () => services.use(GATEWAY).previewChange({ subscriptionId: id, price, seats, at });
    return (await withDeadline(PREVIEW_TIME, preview)).next;
  } catch (error) {
    log.warn("the next invoice could not be previewed", { accountId: account.id, ...describeError(error) });
    return null;
  }
}

function lostOn(ctx: TenantContext, { plan }: SubscriptionInput): PlanFeature[] {
  return ctx.services.planFeatures.filter((feature) => isEntitled(ctx, feature) && !includes(plan, feature));
}
