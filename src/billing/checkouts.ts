import { and, eq, sql } from "drizzle-orm";
import { billingAccounts } from "../../db/control/schema/billing.ts";
import { users } from "../../db/control/schema/users.ts";
import type { TenantContext } from "../context.ts";
import { conflict } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import { listOwnerIds } from "../tenancy/owners.ts";
import { tenantUrl } from "../tenancy/tenant.ts";
import { type BillingAccount, findAccount, timeOf } from "./accounts.ts";
import type { Checkout } from "./gateway/gateway.ts";
import { GATEWAY } from "./gateway/open.ts";
import { seatsFor } from "./paid_seats.ts";
import { lookupKey, type Price } from "./prices.ts";

const BUSY = problem("checkout_busy", "Someone else is ordering a plan for this workspace. Try again.");

const ATTEMPTS = 5;
const RETRY_SECONDS = 1;

/**
 * Opens the page where the customer pays for a first subscription, and returns its address. The workspace has one open checkout: one
 * that was open before expires, also if two people order at the same moment. A double click is one order. Throws `conflict` if
 * others order all the time.
 */
export async function openCheckout(
  ctx: TenantContext,
  account: BillingAccount,
  price: Price,
): Promise<string> {
  let before = account;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { customerId, checkout } = await replaceCheckout(ctx, before, price);
    if (await store(ctx, before, { customerId, checkoutId: checkout.id })) return checkout.url;
    const now = (await findAccount(ctx.system.control, ctx.tenant.id))!;
    if (now.checkoutId === checkout.id) return checkout.url;
    await ctx.services.use(GATEWAY).expireCheckout(checkout.id);
    before = now;
  }
  throw conflict(BUSY, RETRY_SECONDS);
}

async function replaceCheckout(
  ctx: TenantContext,
  account: BillingAccount,
  price: Price,
): Promise<{ customerId: string; checkout: Checkout }> {
  const gateway = ctx.services.use(GATEWAY);
  const isHere = account.gateway === gateway.name;
  if (isHere && account.checkoutId) await gateway.expireCheckout(account.checkoutId);
  const customerId = await gateway.ensureCustomer({
    accountId: account.id,
    // A customer of the gateway that was configured before is nobody here.
    customerId: isHere ? account.customerId : null,
    name: ctx.tenant.name,
    email: account.email ?? await payerOf(ctx),
  });
  const now = timeOf(account, ctx.services.clock);
  const isOnTrial = account.trialEndsAt !== null && account.trialEndsAt > now;
  const checkout = await gateway.openCheckout({
    customerId,
    price,
    seats: await seatsFor(ctx.system.control, ctx.tenant.id, price),
    trialEndsAt: isOnTrial ? account.trialEndsAt : null,
    successUrl: `${billingUrl(ctx)}?checkout=done`,
    cancelUrl: billingUrl(ctx),
    // The checkout before is part of the key: a double click is one order, and an order after an expired checkout is another.
    key: `checkout ${customerId} ${account.checkoutId ?? "first"} ${lookupKey(price)}`,
  });
  return { customerId, checkout };
}

/** Returns false if another checkout was opened since the account was read. */
async function store(
  { services, system }: TenantContext,
  before: BillingAccount,
  opened: { customerId: string; checkoutId: string },
): Promise<boolean> {
  const isUnchanged = sql`${billingAccounts.checkoutId} is not distinct from ${before.checkoutId}::text`;
  const stored = await system.control.update(billingAccounts)
    .set({ ...opened, gateway: services.use(GATEWAY).name, updatedAt: services.clock.now() })
    .where(and(eq(billingAccounts.id, before.id), isUnchanged)).returning({ id: billingAccounts.id });
  return stored.length > 0;
}

export function billingUrl({ services, tenant }: TenantContext): string {
  return `${tenantUrl(services.config.appUrl, tenant)}/billing`;
}

/** The address of the person who orders, or of the first owner. */
async function payerOf({ actor, system, tenant }: TenantContext): Promise<string> {
  if (actor.type === "member") return actor.email;
  const [ownerId] = await listOwnerIds(system.control, tenant.id);
  const [owner] = await system.control.select({ email: users.email }).from(users).where(
    eq(users.id, ownerId!),
  );
  return owner!.email;
}
