import { eq } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { billingAccounts } from "../../db/control/schema/billing.ts";
import { authorize } from "../access/authorize.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { conflict } from "../errors.ts";
import type { Event } from "../events/event.ts";
import { publish } from "../events/publish.ts";
import { after, DAY } from "../platform/clock.ts";
import { problem } from "../platform/problem.ts";
import { logSchemaOf } from "../tenancy/admission.ts";
import { TENANTS_MANAGE } from "../tenancy/permissions.ts";
import { TENANTS } from "../tenancy/tenant_directory.ts";
import { type BillingAccount, currentSubscription, ensureAccount, timeOf } from "./accounts.ts";
import { applyAccess, lockTenantOf } from "./apply_access.ts";
import { PLAN_GRANTED, TRIAL_EXTENDED } from "./events.ts";
import { GATEWAY } from "./gateway/open.ts";
import { planOf, PLANS } from "./plans.ts";
import { isNoted, noteDetails, type StaffNote } from "./staff_notes.ts";

const LIVE_SUBSCRIPTION = problem(
  "grant_beside_subscription",
  "This workspace pays for a subscription. Cancel it first.",
);
const NO_TRIAL = problem("trial_missing", "This workspace never had a trial.");

const MAX_TRIAL_DAYS = 365;

export const grantInput = z.object({ plan: z.enum(PLANS), until: z.date().nullable() });
export const trialExtension = z.object({ days: z.coerce.number().int().min(1).max(MAX_TRIAL_DAYS) });

/**
 * Gives a tenant a plan without a subscription, such as Enterprise by contract, until a day or without an end. `starter` takes it away.
 * `note` says why staff do it; with a key that was used before, nothing happens. Throws `forbidden`, or `conflict` beside a subscription that is in force.
 */
export async function grantPlan(
  ctx: TenantContext,
  { plan, until }: z.output<typeof grantInput>,
  note?: StaffNote,
): Promise<void> {
  authorize(ctx, TENANTS_MANAGE);
  await change(ctx, PLAN_GRANTED, note, (account) => {
    if (currentSubscription(account)) throw conflict(LIVE_SUBSCRIPTION);
    const granted = plan === "starter" ? null : plan;
    return {
      columns: {
        grantedPlan: granted,
        grantedPlanVersion: granted && planOf(granted).version,
        grantedUntil: granted && until,
      },
      name: planOf(plan).name.english,
      details: { until: until?.toISOString() ?? null },
    };
  });
}

/**
 * Moves the end of a trial, or starts it again if it has ended. `note` is as for `grantPlan`. Throws `forbidden`, or `conflict` if there
 * was none.
 */
export async function extendTrial(
  ctx: TenantContext,
  { days }: z.output<typeof trialExtension>,
  note?: StaffNote,
): Promise<void> {
  authorize(ctx, TENANTS_MANAGE);
  await change(ctx, TRIAL_EXTENDED, note, (account) => {
    const { trialPlan, trialEndsAt } = account;
    if (!trialPlan || !trialEndsAt) throw conflict(NO_TRIAL);
    const now = timeOf(account, ctx.services.clock);
    const ends = after(trialEndsAt > now ? trialEndsAt : now, days * DAY);
    return {
      columns: { trialEndsAt: ends },
      name: planOf(trialPlan).name.english,
      details: { until: ends.toISOString() },
    };
  });
}

type Decided = {
  columns: Partial<typeof billingAccounts.$inferInsert>;
  name: string;
  details: Record<string, unknown>;
};

async function change(
  { system, services, tenant }: TenantContext,
  event: Event<{ id: string; name: string }, "platform">,
  note: StaffNote | undefined,
  decide: (account: BillingAccount) => Decided,
): Promise<void> {
  await system.tx((tx) => changeIn(system, tx, { tenantId: tenant.id, event, note }, decide));
  services.use(TENANTS).forget(tenant.id);
}

async function changeIn(
  ctx: SystemContext,
  tx: ControlTx,
  { tenantId, event, note }: {
    tenantId: TenantContext["tenant"]["id"];
    event: Event<{ id: string; name: string }, "platform">;
    note: StaffNote | undefined;
  },
  decide: (account: BillingAccount) => Decided,
): Promise<void> {
  const { services } = ctx;
  const now = services.clock.now();
  const account = await ensureAccount(tx, { tenantId, gateway: services.use(GATEWAY).name, now });
  if (note && await isNoted(tx, account.id, note)) return;
  const { columns, name, details } = decide(account);
  await tx.update(billingAccounts).set({ ...columns, updatedAt: now }).where(
    eq(billingAccounts.id, account.id),
  );
  const changed = { ...account, ...columns } as BillingAccount;
  const tenant = (await lockTenantOf(tx, changed))!;
  await applyAccess(ctx, tx, changed, tenant);
  const schema = await logSchemaOf(services, tx, tenant);
  await publish(ctx, tx, event, {
    after: { id: account.id, name },
    details: { ...details, ...noteDetails(note, tenantId) },
    schema,
  });
}
