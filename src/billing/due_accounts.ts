import { and, asc, gt, gte, isNotNull, lte, or, sql } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import { billingAccounts } from "../../db/control/schema/billing.ts";
import { systemActor } from "../access/actor.ts";
import { type SystemContext, systemContext } from "../context.ts";
import { DAY } from "../platform/clock.ts";
import { after } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import { describeError, logOf } from "../platform/log.ts";
import type { Services } from "../ports.ts";
import { TENANTS } from "../tenancy/tenant_directory.ts";
import { lockAccount } from "./accounts.ts";
import { applyAccess, lockTenantOf } from "./apply_access.ts";
import { syncAccount } from "./sync.ts";

const AT_ONCE = 500;
/** The first reminder of a trial comes this long before its end. */
const REMINDED_BEFORE = 4 * DAY;
/** What ended longer ago was settled then. */
const SETTLED_AFTER = 4 * DAY;

const log = logOf("billing");

/**
 * Does what is due by the clock alone: reminders, the end of trials and grants, and read-only workspaces. It needs no gateway, so a trial ends
 * even if no event ever comes. Returns how many accounts it looked at.
 */
export async function settleDueAccounts(services: Services): Promise<number> {
  const ctx = systemContext(services, systemActor("Billing"), newId());
  let looked = 0;
  for await (const id of eachId(ctx.control, isDue(services.clock.now()))) {
    await settle(ctx, id);
    looked++;
  }
  return looked;
}

/** The number of accounts whose payment failed. */
export async function countPastDue({ control }: Pick<Services["db"], "control">): Promise<number> {
  return await control.$count(billingAccounts, isNotNull(billingAccounts.pastDueSince));
}

/** Applies an account's access and sends its due notices, without asking the gateway. */
export async function settleAccount(services: Services, id: string): Promise<void> {
  await settle(systemContext(services, systemActor("Billing"), newId()), id);
}

/**
 * Syncs every account that has a customer at the gateway, in case an event was lost. An account that fails doesn't stop the others. Returns
 * how many were synced and how many failed.
 */
export async function reconcile(services: Services): Promise<{ synced: number; failed: number }> {
  const ctx = systemContext(services, systemActor("Billing"), newId());
  const counts = { synced: 0, failed: 0 };
  for await (const id of eachId(ctx.control, isNotNull(billingAccounts.customerId))) {
    try {
      await syncAccount(services, id);
      counts.synced++;
    } catch (error) {
      counts.failed++;
      log.error("an account was not reconciled", { accountId: id, ...describeError(error) });
    }
  }
  return counts;
}

async function settle(ctx: SystemContext, id: string): Promise<void> {
  const tenantId = await ctx.tx(async (tx) => {
    const account = await lockAccount(tx, id);
    const tenant = account && await lockTenantOf(tx, account);
    if (!account || !tenant) return null;
    await applyAccess(ctx, tx, account, tenant);
    return tenant.id;
  });
  if (tenantId) ctx.services.use(TENANTS).forget(tenantId);
}

function isDue(now: Date) {
  const { trialEndsAt, grantedUntil, cancelAt, pastDueSince, clockAhead } = billingAccounts;
  const time = sql`${now.toISOString()}::timestamptz + make_interval(secs => ${clockAhead})`;
  const recently = (column: typeof trialEndsAt) =>
    and(lte(column, time), gte(column, after(now, -SETTLED_AFTER)));
  return or(
    and(
      lte(trialEndsAt, sql`${time} + make_interval(secs => ${REMINDED_BEFORE / 1_000})`),
      gte(trialEndsAt, after(now, -SETTLED_AFTER)),
    ),
    recently(grantedUntil),
    recently(cancelAt),
    isNotNull(pastDueSince),
  );
}

/** The ids of the accounts in question, page by page. */
async function* eachId(control: ControlDb, condition: ReturnType<typeof or>): AsyncGenerator<string> {
  let last = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const rows = await control.select({ id: billingAccounts.id }).from(billingAccounts)
      .where(and(gt(billingAccounts.id, last), condition)).orderBy(asc(billingAccounts.id)).limit(AT_ONCE);
    for (const { id } of rows) yield id;
    if (rows.length < AT_ONCE) return;
    last = rows.at(-1)!.id;
  }
}
