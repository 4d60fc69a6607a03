import { and, eq, ne } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { billingMovements } from "../../db/control/schema/billing.ts";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { SystemContext } from "../context.ts";
import { publish } from "../events/publish.ts";
import { after, SECOND } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import { logSchemaOf } from "../tenancy/admission.ts";
import type { Tenant } from "../tenancy/tenant.ts";
import { announceChange } from "../tenancy/tenant_directory.ts";
import { ON_ITS_SCHEMA, TENANT_FIELDS, toTenant } from "../tenancy/tenant_rows.ts";
import { accessOf } from "./access.ts";
import { type BillingAccount, timeOf } from "./accounts.ts";
import { TRIAL_ENDED } from "./events.ts";
import { sendNotices } from "./notices.ts";
import { planOf } from "./plans.ts";

/** The account's tenant, locked. Null if it is gone or being deleted. */
export async function lockTenantOf(tx: ControlTx, { tenantId }: BillingAccount): Promise<Tenant | null> {
  if (!tenantId) return null;
  const [row] = await tx.select(TENANT_FIELDS).from(tenants).innerJoin(tenantSchemas, ON_ITS_SCHEMA)
    .where(and(eq(tenants.id, tenantId), ne(tenants.status, "deleting"))).for("no key update");
  return row ? toTenant(row) : null;
}

/**
 * Writes what the account gives to its tenant, sends the notices that are due, and ends a trial whose time is over, in the transaction
 * that changed the account or found it due. Call `TENANTS.forget` after the commit.
 */
export async function applyAccess(
  ctx: SystemContext,
  tx: ControlTx,
  account: BillingAccount,
  tenant: Tenant,
): Promise<void> {
  const { clock } = ctx.services;
  const now = timeOf(account, clock);
  const access = accessOf(account, now);
  // The tenant's columns are in real time, which the account's clock may be ahead of.
  const real = (moment: Date | null) => moment && after(moment, -account.clockAhead * SECOND);
  const wanted = {
    plan: access.plan,
    planVersion: access.planVersion,
    planUntil: real(access.planUntil),
    restrictedFrom: real(access.restrictedFrom),
  };
  const { plan, planVersion, planUntil, restrictedFrom } = tenant;
  if (JSON.stringify(wanted) !== JSON.stringify({ plan, planVersion, planUntil, restrictedFrom })) {
    await tx.update(tenants).set({ ...wanted, updatedAt: clock.now() }).where(eq(tenants.id, tenant.id));
    await announceChange(tx, tenant.id);
  }
  await sendNotices(ctx, tx, account, now);
  await endTrial(ctx, tx, account, { now, tenant });
}

/**
 * The columns stay: they say that the tenant had its trial. The movement announces its end once, and not if a subscription had taken
 * the trial's place.
 */
async function endTrial(
  ctx: SystemContext,
  tx: ControlTx,
  account: BillingAccount,
  { now, tenant }: { now: Date; tenant: Tenant },
): Promise<void> {
  const { id, trialPlan, trialEndsAt } = account;
  if (!trialPlan || !trialEndsAt || trialEndsAt > now || wasSubscribed(account, trialEndsAt)) return;
  const isKnown = and(
    eq(billingMovements.accountId, id),
    eq(billingMovements.kind, "trial_ended"),
    eq(billingMovements.at, trialEndsAt),
  );
  if (await tx.$count(billingMovements, isKnown) > 0) return;
  await tx.insert(billingMovements).values({
    id: newId(),
    accountId: id,
    kind: "trial_ended",
    planBefore: trialPlan,
    planAfter: "starter",
    revenueBefore: 0,
    revenueAfter: 0,
    currency: account.currency ?? "usd",
    at: trialEndsAt,
  });
  await publish(ctx, tx, TRIAL_ENDED, {
    after: { id, name: planOf(trialPlan).name.english },
    schema: await logSchemaOf(ctx.services, tx, tenant),
  });
}

/** Whether a subscription was in force at the moment. */
function wasSubscribed({ snapshot }: BillingAccount, moment: Date): boolean {
  return snapshot?.subscriptions.some(({ status, createdAt, endedAt }) =>
    status !== "incomplete" && status !== "incomplete_expired" && createdAt <= moment &&
    (endedAt === null || endedAt > moment)
  ) ?? false;
}
