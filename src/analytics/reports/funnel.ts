import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { analyticsEvents } from "../../../db/stream/schema/analytics_events.ts";
import { authorize } from "../../access/authorize.ts";
import { requireFeature } from "../../billing/plan_features.ts";
import type { TenantContext } from "../../context.ts";
import { textArray } from "../../platform/array_literals.ts";
import { after, DAY, HOUR } from "../../platform/clock.ts";
import { problem } from "../../platform/problem.ts";
import { ADVANCED_ANALYTICS, ANALYTICS_READ } from "../permissions.ts";
import { dateRange, momentsOf, rangeOf } from "./date_range.ts";
import { eventName } from "./event_name.ts";
import { runHeavyQuery } from "./heavy_query.ts";

const FUNNEL_STEPS_INVALID = problem("funnel_steps_invalid", "Name two to five events.");

const MIN_STEPS = 2;
const MAX_STEPS = 5;
const DEFAULT_WINDOW_HOURS = 7 * DAY / HOUR;
export const MAX_WINDOW_HOURS = 90 * DAY / HOUR;

/** `steps` are names of events. Whoever does the first one has `windowHours` for the others. */
export const funnelQuery = dateRange.extend({
  steps: z.array(eventName).min(MIN_STEPS, FUNNEL_STEPS_INVALID.code).max(
    MAX_STEPS,
    FUNNEL_STEPS_INVALID.code,
  )
    .describe("Two to five names of events, in their order"),
  windowHours: z.coerce.number<string | number>().int().min(1).max(MAX_WINDOW_HOURS).default(
    DEFAULT_WINDOW_HOURS,
  )
    .describe("How long people have from the first step to the last one"),
});

/** `share` is the part of the people of the first step, from 0 to 1. */
export type FunnelStep = { event: string; people: number; share: number };
export type Funnel = { steps: FunnelStep[] };

/**
 * How many people went through the steps in their order, each step after the one before by time and then by arrival. The first
 * step is in the period; the others follow it within the window, perhaps after the period.
 */
export async function funnel(ctx: TenantContext, query: z.output<typeof funnelQuery>): Promise<Funnel> {
  authorize(ctx, ANALYTICS_READ);
  requireFeature(ctx, ADVANCED_ANALYTICS);
  const { start, end } = momentsOf(ctx, rangeOf(ctx, query));
  const window = query.windowHours * HOUR;
  const statement = funnelStatement(ctx.tenant.id, query.steps, { start, end, window });
  const [row] = await runHeavyQuery(ctx, (tx) => tx.execute<Record<string, number>>(statement));
  const people = query.steps.map((_, index) => row![`step_${index}`] ?? 0);
  return {
    steps: query.steps.map((event, index) => ({
      event,
      people: people[index]!,
      share: people[0] ? people[index]! / people[0] : 0,
    })),
  };
}

/**
 * `begun_N` of an event is the latest start of a run that reaches step N with this event. The latest start is the best one: if it is
 * too long ago, every other is, too. All steps share one sort, which is faster by bytes than by the rules of a language.
 */
function funnelStatement(
  tenantId: string,
  steps: string[],
  { start, end, window }: { start: Date; end: Date; window: number },
): SQL {
  const until = after(end, window).toISOString();
  const level = (index: number) => sql.raw(`level_${index}`);
  const begun = (index: number) => sql.raw(`begun_${index}`);
  const levels = steps.slice(1).map((step, place) => {
    const index = place + 1;
    return sql`, ${level(index)} as (
      select *, case when event = ${step} and best >= occurred_at - ${window} * interval '1 millisecond' then best end as ${
      begun(index)
    } from (
        select ${columnsOf(index)}, max(${
      begun(index - 1)
    }) over (partition by user_id order by occurred_at, sequence
          rows between unbounded preceding and 1 preceding) as best
        from ${level(index - 1)}) as earlier)`;
  });
  const reached = steps.map((_, index) => sql`bool_or(${begun(index)} is not null) as ${begun(index)}`);
  const counts = steps.map((_, index) =>
    sql`count(*) filter (where ${begun(index)})::float8 as ${sql.raw(`step_${index}`)}`
  );
  return sql`
    with level_0 as (
      select user_id collate "C" as user_id, occurred_at, sequence, event,
        case when event = ${
    steps[0]
  } and occurred_at < ${end.toISOString()}::timestamptz then occurred_at end as begun_0
      from ${analyticsEvents}
      where tenant_id = ${tenantId}::uuid and event = any(${textArray([...new Set(steps)])}::text[])
        and occurred_at >= ${start.toISOString()}::timestamptz and occurred_at < ${until}::timestamptz
        and user_id is not null
    )${sql.join(levels)}, person as (
      select ${sql.join(reached, sql`, `)} from ${level(steps.length - 1)} group by user_id
    )
    select ${sql.join(counts, sql`, `)} from person`;
}

/** The columns of a level without its helper column. */
function columnsOf(index: number): SQL {
  const begun = Array.from({ length: index }, (_, earlier) => `begun_${earlier}`);
  return sql.raw(["user_id", "occurred_at", "sequence", "event", ...begun].join(", "));
}
