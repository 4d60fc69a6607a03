import { z } from "zod";
import { authorize } from "../access/authorize.ts";
import { systemContext, type TenantContext } from "../context.ts";
import { badRequest, conflict } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import type { Tenant } from "../tenancy/tenant.ts";
import type { Services } from "../ports.ts";
import { type AccessLevel, accessOf } from "./access.ts";
import { type BillingAccount, currentSubscription, ensureAccount, findAccount, timeOf } from "./accounts.ts";
import type { GatewaySubscription, SubscriptionStatus } from "./gateway/account.ts";
import { billingUrl, openCheckout } from "./checkouts.ts";
import { includedOf } from "./entitlements.ts";
import type { Gateway, PaymentOutcome } from "./gateway/gateway.ts";
import { GATEWAY } from "./gateway/open.ts";
import { isSamePrice, isSmaller, priceOf } from "./order_terms.ts";
import { seatsFor } from "./paid_seats.ts";
import { BILLING_MANAGE, BILLING_READ } from "./permissions.ts";
import { type PlanKey, planOf, PLANS } from "./plans.ts";
import { BILLING_CYCLES, type BillingCycle, lookupKey, type Price } from "./prices.ts";
import { syncAccount } from "./sync.ts";

const NO_SUBSCRIPTION = problem("no_subscription", "This workspace has no subscription.");
const SAME_PLAN = problem("same_plan", "The workspace is on this plan already.");
const LARGER_GRANT = problem(
  "larger_plan_granted",
  "This workspace has a larger plan already, which was set up for it. Contact us to change it.",
);
const CHANGE_WAITS = problem(
  "change_waits",
  "Another plan starts at the end of the period. Keep the current plan first, and then change it.",
);
const PAYMENT_OPEN = problem("payment_open", "Pay the open invoice first.");
const PAYMENT_REFUSED = problem("payment_refused", "The payment was refused: {reason}");
const PLAN_UNKNOWN = problem("plan_not_sold", "Choose the plan team, premium or starter.");
const CYCLE_UNKNOWN = problem("billing_cycle_unknown", "Choose monthly or yearly.");

export const subscriptionInput = z.object({
  plan: z.enum(["starter", "team", "premium"], { error: PLAN_UNKNOWN.code }),
  billingCycle: z.enum(BILLING_CYCLES, { error: CYCLE_UNKNOWN.code }).default("monthly"),
});
export type SubscriptionInput = z.output<typeof subscriptionInput>;

/** A tenant's subscription, or what it has instead: a trial, a plan that was granted, or Starter. */
export type Subscription = {
  plan: PlanKey;
  planVersion: number;
  /** `none` without a subscription, `trialing` also during a trial without one. */
  status: SubscriptionStatus | "none";
  access: AccessLevel;
  billingCycle: BillingCycle | null;
  /** The members that the plan includes, or that are paid for if it is priced per seat. Null for any number. */
  seats: number | null;
  trialEndsAt: Date | null;
  currentPeriodEnd: Date | null;
  cancelAt: Date | null;
  /** The plan that the period's end brings. */
  pendingPlan: PlanKey | null;
};

/** What came of an order: it is done, or the customer has to pay or confirm at `checkoutUrl`. */
export type Ordered = { checkoutUrl: string } | { subscription: Subscription };

/** Throws `forbidden`. */
export async function getSubscription(ctx: TenantContext): Promise<Subscription> {
  authorize(ctx, BILLING_READ);
  return describe(ctx, await findAccount(ctx.system.control, ctx.tenant.id));
}

/**
 * Orders a plan. Without a subscription, the customer pays on the gateway's page. With one, an upgrade is charged and applies at
 * once, and anything smaller waits for the period's end; `starter` cancels then. Throws `conflict` for the current plan, below a
 * plan that was granted, or before an open invoice is paid, or for an upgrade beside a change that waits, and `bad_request` if the
 * bank refuses.
 */
export async function orderPlan(ctx: TenantContext, input: SubscriptionInput): Promise<Ordered> {
  authorize(ctx, BILLING_MANAGE);
  const account = await accountOf(ctx);
  const current = currentSubscription(account);
  if (input.plan === "starter") return { subscription: await cancelSubscription(ctx) };
  const price = priceOf({ ...input, plan: input.plan }, current);
  if (current) return await changePlan(ctx, account, current, price);
  requireNoLargerGrant(ctx, account, price);
  requireNothingOwed(account);
  return { checkoutUrl: await openCheckout(ctx, account, price) };
}

/** Ends the subscription with its period. Throws `conflict` if there is none. */
export async function cancelSubscription(ctx: TenantContext): Promise<Subscription> {
  authorize(ctx, BILLING_MANAGE);
  const { account, current } = await subscribed(ctx);
  await gatewayOf(ctx).cancelAtEnd(current.id);
  return await synced(ctx, account);
}

/** Undoes a cancellation or a change that waits for the period's end. Throws `conflict` if there is no subscription. */
export async function resumeSubscription(ctx: TenantContext): Promise<Subscription> {
  authorize(ctx, BILLING_MANAGE);
  const { account, current } = await subscribed(ctx);
  if (current.cancelAt) await gatewayOf(ctx).keep(current.id);
  if (current.scheduled) await gatewayOf(ctx).releaseSchedule(current.id);
  return await synced(ctx, account);
}

/** The gateway's page for payment methods and invoices. Throws `conflict` before the first checkout. */
export async function openPortal(ctx: TenantContext): Promise<{ url: string }> {
  authorize(ctx, BILLING_MANAGE);
  const account = await findAccount(ctx.system.control, ctx.tenant.id);
  if (!account?.customerId) throw conflict(NO_SUBSCRIPTION);
  return await gatewayOf(ctx).openPortal({ customerId: account.customerId, returnUrl: billingUrl(ctx) });
}

/** Reads the gateway after the customer comes back from its page, which may be before its event. */
export async function refreshSubscription(ctx: TenantContext): Promise<void> {
  authorize(ctx, BILLING_READ);
  const account = await findAccount(ctx.system.control, ctx.tenant.id);
  if (account?.customerId) await syncAccount(ctx.services, account.id);
}

async function changePlan(
  ctx: TenantContext,
  account: BillingAccount,
  current: GatewaySubscription,
  price: Price,
): Promise<Ordered> {
  const isSame = isSamePrice(current, price);
  if (isSame && !current.scheduled && !current.cancelAt) throw conflict(SAME_PLAN);
  if (isSame) return { subscription: await resumeSubscription(ctx) };
  if (current.status === "past_due" || current.status === "unpaid") throw conflict(PAYMENT_OPEN);
  const seats = await seatsFor(ctx.system.control, ctx.tenant.id, price);
  const order = { subscriptionId: current.id, price, seats, key: keyOf(account, price) };
  if (!isSmaller(current, price)) return await upgrade(ctx, account, current, order);
  await schedule(ctx, current, order);
  return { subscription: await synced(ctx, account) };
}

type Order = Parameters<Gateway["scheduleChange"]>[0];

/** If the gateway fails in between, a cancellation stands. */
async function schedule(
  ctx: TenantContext,
  { id, cancelAt }: GatewaySubscription,
  order: Order,
): Promise<void> {
  const gateway = gatewayOf(ctx);
  if (cancelAt) await gateway.keep(id);
  try {
    await gateway.scheduleChange(order);
  } catch (error) {
    if (cancelAt) await gateway.cancelAtEnd(id);
    throw error;
  }
}

/**
 * If the payment doesn't pass, a cancellation still stands. A smaller plan that waits has to be dropped first: the gateway would
 * forget it with the order, even if nobody pays.
 */
async function upgrade(
  ctx: TenantContext,
  account: BillingAccount,
  { id, scheduled, cancelAt }: GatewaySubscription,
  order: Order,
): Promise<Ordered> {
  if (scheduled) throw conflict(CHANGE_WAITS);
  const gateway = gatewayOf(ctx);
  const outcome = await gateway.change({ ...order, at: timeOf(account, ctx.services.clock) });
  if (outcome.outcome === "paid" && cancelAt) await gateway.keep(id);
  const subscription = await synced(ctx, account);
  return resultOf(outcome) ?? { subscription };
}

/** Nobody pays for a plan that a granted one outranks. */
function requireNoLargerGrant({ services }: TenantContext, account: BillingAccount, { plan }: Price): void {
  const { source, plan: granted } = accessOf(account, timeOf(account, services.clock));
  if (source === "grant" && PLANS.indexOf(granted) > PLANS.indexOf(plan)) throw conflict(LARGER_GRANT);
}

/** The open invoice of an order that nobody finished isn't owed: the gateway drops both. */
function requireNothingOwed({ snapshot }: BillingAccount): void {
  const unfinished = snapshot?.subscriptions.filter(({ endedAt }) => endedAt === null).map(({ id }) => id);
  const isOwed = snapshot?.invoices.some(({ status, amountDue, subscriptionId }) =>
    status === "open" && amountDue > 0 && !(subscriptionId && unfinished?.includes(subscriptionId))
  );
  if (isOwed) throw conflict(PAYMENT_OPEN);
}

/** Null if the payment passed. Throws `bad_request` if it was refused. */
function resultOf(outcome: PaymentOutcome): { checkoutUrl: string } | null {
  if (outcome.outcome === "declined") throw badRequest(PAYMENT_REFUSED.with({ reason: outcome.reason }));
  return outcome.outcome === "action_required" ? { checkoutUrl: outcome.url } : null;
}

async function subscribed(ctx: TenantContext) {
  const account = await findAccount(ctx.system.control, ctx.tenant.id);
  const current = account && currentSubscription(account);
  if (!account || !current) throw conflict(NO_SUBSCRIPTION);
  return { account, current };
}

async function synced(ctx: TenantContext, { id }: BillingAccount): Promise<Subscription> {
  await syncAccount(ctx.services, id);
  return describe(ctx, await findAccount(ctx.system.control, ctx.tenant.id));
}

/** The tenant's account, which is created for the first order. */
async function accountOf({ services, tenant, actor, requestId }: TenantContext): Promise<BillingAccount> {
  const system = systemContext(services, actor, requestId);
  const [now, gateway] = [services.clock.now(), services.use(GATEWAY).name];
  return await system.tx((tx) => ensureAccount(tx, { tenantId: tenant.id, gateway, now }));
}

function describe({ services, tenant }: TenantContext, account: BillingAccount | null): Subscription {
  if (!account) return withoutAccount(services, tenant);
  const now = timeOf(account, services.clock);
  const { plan, planVersion, access, source } = accessOf(account, now);
  const current = currentSubscription(account);
  const isOnTrial = account.trialEndsAt !== null && account.trialEndsAt > now;
  return {
    plan,
    planVersion,
    status: current?.status ??
      (source === "trial" ? "trialing" : source === "grant" ? "active" : latestStatus(account)),
    access,
    billingCycle: current?.price?.cycle ?? null,
    seats: seatsOf(services, { ...tenant, plan, planVersion }, current),
    trialEndsAt: isOnTrial ? account.trialEndsAt : null,
    currentPeriodEnd: current?.currentPeriodEnd ?? null,
    cancelAt: current?.cancelAt ?? null,
    pendingPlan: current?.scheduled?.price.plan ?? (current?.cancelAt ? "starter" : null),
  };
}

function withoutAccount(services: Services, tenant: Tenant): Subscription {
  const { plan, planVersion } = tenant;
  return {
    plan,
    planVersion,
    status: plan === "starter" ? "none" : "active",
    access: plan === "starter" ? "starter" : "full",
    billingCycle: null,
    seats: seatsOf(services, tenant, null),
    trialEndsAt: null,
    currentPeriodEnd: null,
    cancelAt: null,
    pendingPlan: null,
  };
}

/** The status of the newest subscription, also if it has ended or was never paid. */
function latestStatus({ snapshot }: BillingAccount): Subscription["status"] {
  return snapshot?.subscriptions[0]?.status ?? "none";
}

function seatsOf({ limits, clock }: Services, tenant: Tenant, current: GatewaySubscription | null) {
  if (current && planOf(tenant.plan, tenant.planVersion).pricing === "per_seat") return current.seats;
  const seats = limits.find(({ counted }) => counted === "members");
  return seats ? includedOf(tenant, seats, clock.now()) : null;
}

/** The same order of the same state is one order, whichever tab sends it. */
function keyOf({ id, syncedGeneration }: BillingAccount, price: Price): string {
  return `change ${id} ${syncedGeneration} ${lookupKey(price)}`;
}

function gatewayOf({ services }: TenantContext): Gateway {
  return services.use(GATEWAY);
}
