import { sql } from "drizzle-orm";
import type { z } from "zod";
import { analyticsUserMonths } from "../../../db/stream/schema/analytics_rollups.ts";
import { authorize } from "../../access/authorize.ts";
import { requireFeature } from "../../billing/plan_features.ts";
import type { TenantContext } from "../../context.ts";
import { addMonths, dayOf, startOfDay, startOfMonth } from "../days.ts";
import { ADVANCED_ANALYTICS, ANALYTICS_READ } from "../permissions.ts";
import { currentVersion } from "../rollup/freshness.ts";
import { type dateRange, daysOf, rangeOf } from "./date_range.ts";
import { runLimitedQuery } from "./heavy_query.ts";

/** The windows of active users in days, each ending with its day. Four weeks have the same weekdays every time. */
const WINDOWS = { daily: 1, weekly: 7, monthly: 28 };

/** The people who were active on the day, in the 7 days that end with it, and in the 28 days. */
export type ActiveUsersDay = { date: string; daily: number; weekly: number; monthly: number };
export type ActiveUsers = { series: ActiveUsersDay[] };

/** How many people have these active days in a month and in the month before. */
type Activity = { month: string; days: number; before: number; people: number };

/** Daily, weekly and monthly active users, each person counted once. */
export async function activeUsers(
  ctx: TenantContext,
  query: z.output<typeof dateRange>,
): Promise<ActiveUsers> {
  authorize(ctx, ANALYTICS_READ);
  requireFeature(ctx, ADVANCED_ANALYTICS);
  const range = rangeOf(ctx, query);
  await currentVersion(ctx);
  const [first, last] = [monthOf(range.start), monthOf(range.end)];
  const rows = await runLimitedQuery(
    ctx,
    (tx) => tx.execute<Activity>(activityStatement(ctx.tenant.id, first, last)),
  );
  const byMonth = Map.groupBy(rows, ({ month }) => month);
  const series = daysOf(range).map((date) => {
    const activity = byMonth.get(dayOf(monthOf(date))) ?? [];
    return {
      date,
      daily: countActive(activity, date, WINDOWS.daily),
      weekly: countActive(activity, date, WINDOWS.weekly),
      monthly: countActive(activity, date, WINDOWS.monthly),
    };
  });
  return { series };
}

/** People with the same days are counted together. No window reaches further back than the month before. */
function activityStatement(tenantId: string, first: Date, last: Date) {
  return sql`
    select month::text as month, coalesce(this.days, 0) as days, coalesce(previous.days, 0) as before,
      count(*)::float8 as people
    from (
      select month, user_id, days from ${analyticsUserMonths}
      where tenant_id = ${tenantId}::uuid and month between ${dayOf(first)}::date and ${dayOf(last)}::date
    ) as this full join (
      select (month + interval '1 month')::date as month, user_id, days from ${analyticsUserMonths}
      where tenant_id = ${tenantId}::uuid
        and month between ${dayOf(addMonths(first, -1))}::date and ${dayOf(addMonths(last, -1))}::date
    ) as previous using (month, user_id)
    group by 1, 2, 3`;
}

function countActive(activity: Activity[], date: string, window: number): number {
  const [day, lastOfMonthBefore] = [startOfDay(date).getUTCDate(), lengthOfMonthBefore(date)];
  const inMonth = bits(Math.max(0, day - window), day);
  const inMonthBefore = bits(lastOfMonthBefore - Math.max(0, window - day), lastOfMonthBefore);
  return activity
    .filter(({ days, before }) => (days & inMonth) !== 0 || (before & inMonthBefore) !== 0)
    .reduce((sum, { people }) => sum + people, 0);
}

/** A mask with the bits from `start` until the one before `end`. */
function bits(start: number, end: number): number {
  return Array.from({ length: end - start }, (_, index) => 1 << start + index).reduce(
    (mask, bit) => mask | bit,
    0,
  );
}

function lengthOfMonthBefore(date: string): number {
  const month = monthOf(date);
  return new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), 0)).getUTCDate();
}

function monthOf(day: string): Date {
  return startOfMonth(day.slice(0, "2026-11".length));
}
