import { eq, inArray, or } from "drizzle-orm";
import { z } from "zod";
import {
  billingAccounts,
  billingMovements,
  billingTrialKeys,
  billingTrials,
} from "../../db/control/schema/billing.ts";
import { users } from "../../db/control/schema/users.ts";
import { authorize, requirePerson } from "../access/authorize.ts";
import { systemContext, type TenantContext } from "../context.ts";
import { conflict } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { after, DAY } from "../platform/clock.ts";
import { decrypt, derivedToken, encrypt, newToken } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { sealedColumn } from "../platform/sealed_column.ts";
import type { Services } from "../ports.ts";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import type { UserId } from "../access/actor.ts";
import { logSchemaOf } from "../tenancy/admission.ts";
import { TENANTS } from "../tenancy/tenant_directory.ts";
import { type BillingAccount, currentSubscription, ensureAccount, timeOf } from "./accounts.ts";
import { applyAccess, lockTenantOf } from "./apply_access.ts";
import { TRIAL_STARTED } from "./events.ts";
import { GATEWAY } from "./gateway/open.ts";
import { BILLING_MANAGE } from "./permissions.ts";
import { type PlanKey, planOf } from "./plans.ts";

const HAD_TRIAL = problem("trial_used", "This workspace or its owner has already had a trial.");
const HAS_SUBSCRIPTION = problem("trial_beside_subscription", "This workspace has a plan already.");

const NOT_A_MEMBER = problem("trial_by_member", "Only a member of the workspace can start its trial.");

const HASH_PURPOSE = "trial";
const KEY_PURPOSE = "trial key";

export const TRIAL_KEY = sealedColumn("key of the trials", {
  table: billingTrialKeys,
  id: billingTrialKeys.id,
  column: billingTrialKeys.sealedKey,
  purpose: KEY_PURPOSE,
});

export const trialInput = z.object({ plan: z.enum(["team", "premium"]) });

/** Whether the account can still start a trial. The person who starts it must not have had one either. */
export function canStartTrial(account: BillingAccount | null, plan: PlanKey): boolean {
  return plan === "starter" &&
    (account === null || (account.trialEndsAt === null && !hasHadSubscription(account)));
}

/**
 * Starts the trial of a plan, without a card and without the gateway. Each tenant and each person has one. Throws `conflict` if one
 * of them had it, or the tenant has a plan already.
 */
export async function startTrial(
  ctx: TenantContext,
  { plan }: z.output<typeof trialInput>,
): Promise<void> {
  authorize(ctx, BILLING_MANAGE);
  requirePerson(ctx.actor);
  const { services, tenant, actor } = ctx;
  if (actor.type !== "member") throw conflict(NOT_A_MEMBER);
  const system = systemContext(services, actor, ctx.requestId, ctx.ipAddress);
  await system.tx(async (tx) => {
    const now = services.clock.now();
    const account = await ensureAccount(tx, {
      tenantId: tenant.id,
      gateway: services.use(GATEWAY).name,
      now,
    });
    if (currentSubscription(account) || account.grantedPlan) throw conflict(HAS_SUBSCRIPTION);
    if (account.trialEndsAt !== null || hasHadSubscription(account)) throw conflict(HAD_TRIAL);
    // Of two trials that one person starts at once, the second waits here and then sees the first.
    const [user] = await tx.select({ email: users.email }).from(users).where(eq(users.id, actor.id)).for(
      "no key update",
    );
    const person = { userId: actor.id, email: user!.email };
    if (await hasHadTrial(services, tx, person)) throw conflict(HAD_TRIAL);
    const addressHash = hashOf(person.email, await trialKey(services, tx));
    await tx.insert(billingTrials).values({ addressHash, userId: actor.id, startedAt: now });
    const { version, trialDays, name } = planOf(plan);
    const trial = {
      trialPlan: plan,
      trialPlanVersion: version,
      trialEndsAt: after(timeOf(account, services.clock), trialDays * DAY),
    };
    await tx.update(billingAccounts).set({ ...trial, updatedAt: now }).where(
      eq(billingAccounts.id, account.id),
    );
    await tx.insert(billingMovements).values({
      id: newId(),
      accountId: account.id,
      kind: "trial_started",
      planBefore: "starter",
      planAfter: plan,
      revenueBefore: 0,
      revenueAfter: 0,
      currency: account.currency ?? "usd",
      at: timeOf(account, services.clock),
    });
    const changed = { ...account, ...trial };
    const locked = (await lockTenantOf(tx, changed))!;
    await applyAccess(system, tx, changed, locked);
    const schema = await logSchemaOf(services, tx, locked);
    await publish(system, tx, TRIAL_STARTED, { after: { id: account.id, name: name.english }, schema });
  });
  services.use(TENANTS).forget(tenant.id);
}

function hasHadSubscription({ snapshot }: BillingAccount): boolean {
  return snapshot?.subscriptions.some(({ status }) =>
    status !== "incomplete" && status !== "incomplete_expired"
  ) ??
    false;
}

/** Whether the person had a trial, in any workspace, with this address or another one that was theirs. */
export async function hasHadTrial(
  services: Services,
  control: ControlDb | ControlTx,
  { userId, email }: { userId: UserId; email: string },
): Promise<boolean> {
  // Before there was a key of its own, APP_SECRET was the key.
  const keys = [await trialKey(services, control), ...services.config.appSecrets];
  const hashes = keys.map((key) => hashOf(email, key));
  const isTheirs = or(eq(billingTrials.userId, userId), inArray(billingTrials.addressHash, hashes));
  return await control.$count(billingTrials, isTheirs) > 0;
}

/** A keyed hash, so that the table reveals no address, and a deleted person can't have another trial. */
function hashOf(email: string, key: string): string {
  return derivedToken(email.toLowerCase(), key, HASH_PURPOSE);
}

/** Made once. Of two processes that make it at once, the first one counts. */
async function trialKey({ config }: Services, control: ControlDb | ControlTx): Promise<string> {
  const read = async () => (await control.select().from(billingTrialKeys))[0];
  const known = await read();
  if (known) return decrypt(known.sealedKey, config.appSecrets, KEY_PURPOSE);
  const sealedKey = encrypt(newToken(), config.appSecret, KEY_PURPOSE);
  await control.insert(billingTrialKeys).values({ id: "current", sealedKey }).onConflictDoNothing();
  return decrypt((await read())!.sealedKey, config.appSecrets, KEY_PURPOSE);
}
