import { and, asc, eq, isNotNull, lt, sql } from "drizzle-orm";
import { billingAccounts, usageEvents, usageHours } from "../../../db/control/schema/billing.ts";
import type { SystemContext } from "../../context.ts";
import { numberArray, textArray } from "../../platform/array_literals.ts";
import { after, DAY } from "../../platform/clock.ts";
import type { TenantId } from "../../tenancy/tenant.ts";
import { currentSubscription, toAccount } from "../accounts.ts";
import type { HourlyUsage } from "../gateway/gateway.ts";
import { GATEWAY } from "../gateway/open.ts";
import { totalOf } from "./totals.ts";

const HOURS_AT_ONCE = 1_000;
/** Longer than a late record is taken, so that none counts twice. */
const EVENTS_KEPT = 36 * DAY;
const IS_CHANGED = sql`${usageHours.total} <> ${usageHours.reported}`;

/** The accounts with a customer at the gateway and hours that it doesn't know. */
export async function listUnreported({ control }: SystemContext): Promise<string[]> {
  const { tenantId } = usageHours;
  const rows = await control.selectDistinct({ id: billingAccounts.id })
    .from(usageHours).innerJoin(billingAccounts, eq(billingAccounts.tenantId, tenantId))
    .where(and(IS_CHANGED, isNotNull(billingAccounts.customerId)));
  return rows.map(({ id }) => id);
}

/**
 * Sends the gateway the total of each hour of the account's tenant that has changed since it was last sent. A total replaces the one
 * before, so sending it again is harmless. What was used before the subscription is free, and isn't sent. Returns how many hours
 * were sent.
 */
export async function reportUsage(ctx: SystemContext, accountId: string): Promise<number> {
  const [row] = await ctx.control.select().from(billingAccounts).where(eq(billingAccounts.id, accountId));
  const account = row && toAccount(row);
  const subscription = account && (currentSubscription(account) ?? account.snapshot?.subscriptions[0]);
  if (!account?.tenantId || !account.customerId || !subscription) return 0;
  const { tenantId, customerId } = account;
  await skipUntil(ctx, tenantId, subscription.createdAt);
  const usedBetween = (metric: string, start: Date, end: Date) =>
    totalOf(ctx.control, tenantId, metric, { start, end });
  let sent = 0;
  let hours: HourlyUsage[];
  do {
    hours = await readChanged(ctx, tenantId);
    if (hours.length > 0) await ctx.services.use(GATEWAY).reportUsage({ customerId, hours, usedBetween });
    await noteReported(ctx, tenantId, hours);
    sent += hours.length;
  } while (hours.length === HOURS_AT_ONCE);
  return sent;
}

async function skipUntil({ control }: SystemContext, tenantId: TenantId, start: Date): Promise<void> {
  await control.update(usageHours).set({ reported: usageHours.total })
    .where(and(eq(usageHours.tenantId, tenantId), lt(usageHours.hour, start), IS_CHANGED));
}

/** The first hours that have changed. Those that were sent are none of them. */
async function readChanged({ control }: SystemContext, tenantId: TenantId): Promise<HourlyUsage[]> {
  const { metric, hour, total } = usageHours;
  return await control.select({ metric, hour, total }).from(usageHours)
    .where(and(eq(usageHours.tenantId, tenantId), IS_CHANGED)).orderBy(asc(hour), asc(metric)).limit(
      HOURS_AT_ONCE,
    );
}

async function noteReported(
  { control }: SystemContext,
  tenantId: TenantId,
  hours: HourlyUsage[],
): Promise<void> {
  if (hours.length === 0) return;
  await control.execute(sql`
    update control.usage_hours as known set reported = sent.total
    from unnest(
      ${textArray(hours.map(({ metric }) => metric))}::text[],
      ${textArray(hours.map(({ hour }) => hour.toISOString()))}::timestamptz[],
      ${numberArray(hours.map(({ total }) => total))}::bigint[]
    ) as sent (metric, hour, total)
    where known.tenant_id = ${tenantId} and known.metric = sent.metric and known.hour = sent.hour`);
}

/** Deletes what no late record can repeat any longer. The sums stay. */
export async function deleteOldUsage(ctx: SystemContext): Promise<void> {
  const before = after(ctx.services.clock.now(), -EVENTS_KEPT);
  await ctx.control.delete(usageEvents).where(lt(usageEvents.occurredAt, before));
}
