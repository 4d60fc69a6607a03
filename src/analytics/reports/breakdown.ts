import { sql } from "drizzle-orm";
import { z } from "zod";
import { analyticsEvents } from "../../../db/stream/schema/analytics_events.ts";
import { authorize } from "../../access/authorize.ts";
import { requireFeature } from "../../billing/plan_features.ts";
import type { TenantContext } from "../../context.ts";
import { problem } from "../../platform/problem.ts";
import { ADVANCED_ANALYTICS, ANALYTICS_READ } from "../permissions.ts";
import { dateRange, momentsOf, rangeOf } from "./date_range.ts";
import { eventName } from "./event_name.ts";
import { runHeavyQuery } from "./heavy_query.ts";

const PROPERTY_MISSING = problem("report_property_missing", "Enter the name of a property.");

const MAX_VALUES = 20;
const MAX_PROPERTY_LENGTH = 200;
const MAX_VALUE_LENGTH = 200;

/** `property` is the name of a property of `event`. */
export const breakdownQuery = dateRange.extend({
  event: eventName.describe("The name of an event"),
  property: z.string().trim().min(1, PROPERTY_MISSING.code).max(MAX_PROPERTY_LENGTH)
    .describe("The name of one of its properties"),
});

/** `value` is null for events without the property. Longer values are cut after 200 characters. */
export type BreakdownValue = { value: string | null; events: number; people: number };
export type Breakdown = { values: BreakdownValue[] };

/** How often an event happened with each of the 20 most frequent values of a property, and with how many people. */
export async function breakdown(
  ctx: TenantContext,
  query: z.output<typeof breakdownQuery>,
): Promise<Breakdown> {
  authorize(ctx, ANALYTICS_READ);
  requireFeature(ctx, ADVANCED_ANALYTICS);
  const { start, end } = momentsOf(ctx, rangeOf(ctx, query));
  const values = await runHeavyQuery(ctx, (tx) =>
    tx.execute<BreakdownValue>(sql`
      select left(properties ->> ${query.property}::text, ${MAX_VALUE_LENGTH}::int) as value, count(*)::float8 as events,
        count(distinct user_id)::float8 as people
      from ${analyticsEvents}
      where tenant_id = ${ctx.tenant.id}::uuid and event = ${query.event}
        and occurred_at >= ${start.toISOString()}::timestamptz and occurred_at < ${end.toISOString()}::timestamptz
      group by 1 order by 2 desc, 1 limit ${MAX_VALUES}`));
  return { values: [...values] };
}
