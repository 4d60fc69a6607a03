import { and, asc, eq, gt, gte, isNotNull, lt, or, sql } from "drizzle-orm";
import { billingAccounts, usageEvents, usageHours } from "../../../db/control/schema/billing.ts";
import type { SystemContext } from "../../context.ts";
import { after, DAY } from "../../platform/clock.ts";
import { describeError, logOf } from "../../platform/log.ts";
import type { TenantId } from "../../tenancy/tenant.ts";
import { GATEWAY } from "../gateway/open.ts";

const HOURS_AT_ONCE = 1_000;
/** Longer than a late record is taken, so that none counts twice. */
const EVENTS_KEPT = 36 * DAY;

const log = logOf("billing");

/**
 * Sends the gateway the total of each hour that has changed since it was last sent. A total replaces the one before, so sending it again is
 * harmless. Only of tenants with a customer there. A tenant whose hours can't be sent doesn't hold up the others. Returns how many
 * hours were sent. Throws at the end if some were not, so that they are tried again.
 */
export async function reportUsage(ctx: SystemContext): Promise<number> {
  const failed = new Set<string>();
  let sent = 0;
  let last: Changed | undefined;
  do {
    const page = await changedAfter(ctx, last);
    for (const changed of page) {
      if (failed.has(changed.tenantId)) continue;
      if (await send(ctx, changed)) sent++;
      else failed.add(changed.tenantId);
    }
    last = page.length === HOURS_AT_ONCE ? page.at(-1) : undefined;
  } while (last);
  if (failed.size > 0) throw new Error(`The usage of ${failed.size} tenants could not be reported.`);
  return sent;
}

type Changed = Awaited<ReturnType<typeof changedAfter>>[number];

/** The next hours that have changed, in the order of their keys. */
async function changedAfter(
  { control }: SystemContext,
  last: Pick<typeof usageHours.$inferSelect, "tenantId" | "hour" | "metric"> | undefined,
) {
  const { tenantId, hour, metric, total, reported } = usageHours;
  const isNext = last && or(
    gt(tenantId, last.tenantId),
    and(eq(tenantId, last.tenantId), gt(hour, last.hour)),
    and(eq(tenantId, last.tenantId), eq(hour, last.hour), gt(metric, last.metric)),
  );
  return await control.select({ tenantId, metric, hour, total, customerId: billingAccounts.customerId })
    .from(usageHours).innerJoin(billingAccounts, eq(billingAccounts.tenantId, tenantId))
    .where(and(sql`${total} <> ${reported}`, isNotNull(billingAccounts.customerId), isNext))
    .orderBy(asc(tenantId), asc(hour), asc(metric)).limit(HOURS_AT_ONCE);
}

/** Returns false if the gateway didn't take it. */
async function send(
  ctx: SystemContext,
  { tenantId, metric, hour, total, customerId }: Changed,
): Promise<boolean> {
  try {
    const usedBetween = (from: Date, until: Date) => sumOf(ctx, { tenantId, metric, from, until });
    const usage = { customerId: customerId!, metric, hour, total, usedBetween };
    await ctx.services.use(GATEWAY).reportUsage(usage);
  } catch (error) {
    log.error("usage could not be reported to the gateway", { tenantId, metric, ...describeError(error) });
    return false;
  }
  const isIt = and(
    eq(usageHours.tenantId, tenantId),
    eq(usageHours.metric, metric),
    eq(usageHours.hour, hour),
  );
  await ctx.control.update(usageHours).set({ reported: total }).where(isIt);
  return true;
}

async function sumOf(
  { control }: SystemContext,
  { tenantId, metric, from, until }: { tenantId: TenantId; metric: string; from: Date; until: Date },
): Promise<number> {
  const [row] = await control.select({
    sum: sql<number>`coalesce(sum(${usageHours.total}), 0)`.mapWith(Number),
  })
    .from(usageHours).where(and(
      eq(usageHours.tenantId, tenantId),
      eq(usageHours.metric, metric),
      gte(usageHours.hour, from),
      lt(usageHours.hour, until),
    ));
  return row!.sum;
}

/** Deletes what no late record can repeat any longer. The sums stay. */
export async function deleteOldUsage(ctx: SystemContext): Promise<void> {
  const before = after(ctx.services.clock.now(), -EVENTS_KEPT);
  await ctx.control.delete(usageEvents).where(lt(usageEvents.occurredAt, before));
}
