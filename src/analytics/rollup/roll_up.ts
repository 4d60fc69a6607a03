import { and, eq, ne, sql } from "drizzle-orm";
import { tenants } from "../../../db/control/schema/tenants.ts";
import type { ControlTx } from "../../../db/connection/with_tenant.ts";
import { HOURS_AT_ONCE } from "../../../db/stream/rollup_functions.ts";
import type { TenantId } from "../../../db/ids.ts";
import { authorize } from "../../access/authorize.ts";
import { inBackground, systemContext, type TenantContext } from "../../context.ts";
import { after, DAY, HOUR } from "../../platform/clock.ts";
import { dayIn, startOfDayIn, type TimeZonePeriod, toPeriods } from "../../tenancy/time_zones.ts";
import { addDays, daysBetween, startOfDay } from "../days.ts";
import { ANALYTICS_READ } from "../permissions.ts";

/**
 * Counts the days with new events again, by event and by person, in the days of the tenant's time zone. The result is the same
 * however often this runs, and whenever. Runs of one tenant wait for each other.
 */
export async function rollUp(ctx: TenantContext): Promise<void> {
  authorize(ctx, ANALYTICS_READ);
  let hours: number;
  do hours = await rollUpNext(ctx); while (hours === HOURS_AT_ONCE);
}

/** Rolls up the oldest changed hours. Returns how many there were. */
async function rollUpNext(ctx: TenantContext): Promise<number> {
  const { tenant, services } = ctx;
  // A busy tenant's rollup may take seconds, for which no one else's request waits.
  const system = systemContext(inBackground(services), ctx.actor, ctx.requestId);
  return await system.tx(async (tx) => {
    const held = await holdTenant(tx, tenant.id);
    if (!held) return 0;
    const now = services.clock.now().toISOString();
    const taken = await tx.execute<{ hour: string }>(
      sql`select to_json(hour) #>> '{}' as hour from stream.take_analytics_changes(${tenant.id}::uuid, ${now}::timestamptz) as hour`,
    );
    const hours = taken.map(({ hour }) => new Date(hour));
    if (hours.length === 0) return 0;
    const zones = toPeriods(held.timeZones);
    for (const day of daysOf(zones, hours)) {
      const [start, end] = [startOfDayIn(zones, day), startOfDayIn(zones, addDays(day, 1))];
      await tx.execute(sql`select stream.roll_up_analytics(${tenant.id}::uuid, ${day}::date,
        ${start.toISOString()}::timestamptz, ${end.toISOString()}::timestamptz, ${now}::timestamptz)`);
    }
    return hours.length;
  });
}

/** Keeps the tenant from being deleted meanwhile, which would leave rows behind. Null if it is gone. */
async function holdTenant(tx: ControlTx, id: TenantId) {
  const [held] = await tx.select({ timeZones: tenants.timeZones }).from(tenants)
    .where(and(eq(tenants.id, id), ne(tenants.status, "deleting"))).for("key share");
  return held ?? null;
}

/** The days that the hours are in. An hour of UTC may be in several, because some time zones are off by half an hour. */
function daysOf(zones: readonly TimeZonePeriod[], hours: Date[]): string[] {
  const days = hours.flatMap((hour) => {
    const [first, last] = [dayIn(zones, hour), dayIn(zones, after(hour, HOUR - 1))];
    return daysBetween(startOfDay(first), after(startOfDay(last), DAY));
  });
  return [...new Set(days)].sort();
}
