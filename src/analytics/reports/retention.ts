import { sql } from "drizzle-orm";
import type { z } from "zod";
import { analyticsUserMonths } from "../../../db/stream/schema/analytics_rollups.ts";
import { authorize } from "../../access/authorize.ts";
import { requireFeature } from "../../billing/plan_features.ts";
import type { TenantContext } from "../../context.ts";
import { addDays, startOfDay } from "../days.ts";
import { ADVANCED_ANALYTICS, ANALYTICS_READ } from "../permissions.ts";
import { currentVersion } from "../rollup/freshness.ts";
import { type dateRange, rangeOf } from "./date_range.ts";
import { runLimitedQuery } from "./heavy_query.ts";

const DEFAULT_WEEKS = 12;
const DAYS_A_WEEK = 7;

/**
 * The people whose first active day is in the week that starts on `week`, a Monday. `active` has how many of them were active in that
 * week, in the next one, and so on until the last week of the report.
 */
export type Cohort = { week: string; people: number; active: number[] };
export type Retention = { cohorts: Cohort[] };

type Row = { week: string; later: number; people: number };

/** In which weeks after their first one people came back, from the week of `start` to the day `end`. By default, the last 12 weeks. */
export async function retention(ctx: TenantContext, query: z.output<typeof dateRange>): Promise<Retention> {
  authorize(ctx, ANALYTICS_READ);
  requireFeature(ctx, ADVANCED_ANALYTICS);
  const { start, end } = rangeOf(ctx, query, DEFAULT_WEEKS * DAYS_A_WEEK);
  await currentVersion(ctx);
  const [first, last] = [mondayOf(start), mondayOf(end)];
  const rows = await runLimitedQuery(
    ctx,
    (tx) => tx.execute<Row>(cohortStatement(ctx.tenant.id, first, end)),
  );
  const counts = new Map(rows.map(({ week, later, people }) => [`${week} ${later}`, people]));
  return {
    cohorts: weeksBetween(first, last).map((week) => {
      const active = weeksBetween(week, last).map((_, later) => counts.get(`${week} ${later}`) ?? 0);
      return { week, people: active[0]!, active };
    }),
  };
}

/** A person's first day is the first one ever, so the months before the report count, too. */
function cohortStatement(tenantId: string, first: string, end: string) {
  const weekOf = (day: ReturnType<typeof sql>) => sql`date_trunc('week', (${day})::timestamp)::date`;
  return sql`
    with beginning as (
      select user_id, min(month) as month from ${analyticsUserMonths}
      where tenant_id = ${tenantId}::uuid and month <= ${end}::date group by user_id
    ), cohort as (
      select user_id, ${
    weekOf(sql`month + (select min(bit) from generate_series(0, 30) bit where days >> bit & 1 = 1)`)
  } as week
      from beginning join ${analyticsUserMonths} using (user_id, month)
      where tenant_id = ${tenantId}::uuid and month > ${first}::date - 38
    ), active as (
      select distinct user_id, ${weekOf(sql`month + bit`)} as week
      from ${analyticsUserMonths} join generate_series(0, 30) bit on days >> bit & 1 = 1
      where tenant_id = ${tenantId}::uuid and month > ${first}::date - 38 and month + bit between ${first}::date and ${end}::date
    )
    select cohort.week::text as week, (active.week - cohort.week) / ${DAYS_A_WEEK} as later, count(*)::float8 as people
    from cohort join active using (user_id) where cohort.week >= ${first}::date group by 1, 2`;
}

function mondayOf(day: string): string {
  const daysAfterMonday = (startOfDay(day).getUTCDay() + 6) % DAYS_A_WEEK;
  return addDays(day, -daysAfterMonday);
}

function weeksBetween(first: string, last: string): string[] {
  const weeks: string[] = [];
  for (let week = first; week <= last; week = addDays(week, DAYS_A_WEEK)) weeks.push(week);
  return weeks;
}
