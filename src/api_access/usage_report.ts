import { and, eq, gte, lte, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { apiRequestCounts } from "../../db/stream/schema/api_requests.ts";
import { authorize } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import { after, DAY } from "../platform/clock.ts";
import { type BucketCount, type Latency, latencyOf } from "./latency.ts";
import { REQUEST_LOG_READ } from "./permissions.ts";

/** The days that a report can be about, today included. */
export const REPORT_DAYS = ["7", "30", "90"] as const;
const MAX_LINES = 100;

/** What a report is about. `operation` is a method and an endpoint, such as `GET /projects/{id}`. */
export const usageQuery = z.object({
  days: z.enum(REPORT_DAYS).default("30"),
  operation: z.string().regex(/^[A-Z]{1,20} \S{1,200}$/).optional(),
  actor: z.uuid().optional(),
});
type UsageQuery = z.output<typeof usageQuery>;

/** `errors` are calls with a status of 400 or higher. `latency` is null without calls. */
export type CallFigures = { calls: number; errors: number; latency: Latency | null };

export type DayFigures = CallFigures & { day: string };
export type OperationFigures = CallFigures & { method: string; endpoint: string };
export type ActorFigures = CallFigures & { type: string; id: string; name: string };

/** Days are in UTC, today last. Operations and actors with more calls come first. */
export type ApiUsage = {
  total: CallFigures;
  days: DayFigures[];
  operations: OperationFigures[];
  actors: ActorFigures[];
  /** The most operations and actors that a report has. */
  maxLines: number;
};

type Counted = BucketCount & { errors: number };

const SUMS = {
  bucket: apiRequestCounts.bucket,
  calls: sql`sum(${apiRequestCounts.calls})`.mapWith(Number),
  errors: sql`sum(${apiRequestCounts.errors})`.mapWith(Number),
};

/**
 * Reports on the tenant's API calls, except those of the last five seconds: by day, and for the 100 busiest operations and actors.
 * Throws `forbidden`.
 */
export async function getApiUsage(ctx: TenantContext, query: UsageQuery): Promise<ApiUsage> {
  authorize(ctx, REQUEST_LOG_READ);
  const days = lastDays(ctx.services.clock.now(), Number(query.days));
  const { day, method, endpoint, bucket, actorId, actorKind, actorName } = apiRequestCounts;
  const lastName = sql<string>`(array_agg(${actorName} order by ${day} desc))[1]`;
  const isWanted = conditionOf(query, days);
  const [byDay, byOperation, byActor] = await ctx.read((tx) => [
    tx.select({ day, ...SUMS }).from(apiRequestCounts).where(isWanted).groupBy(day, bucket),
    tx.select({ method, endpoint, ...SUMS }).from(apiRequestCounts).where(isWanted)
      .groupBy(method, endpoint, bucket),
    tx.select({ id: actorId, type: actorKind, name: lastName, ...SUMS }).from(apiRequestCounts)
      .where(isWanted).groupBy(actorId, actorKind, bucket),
  ]);
  const ofDays = Map.groupBy(byDay, (row) => row.day);
  return {
    total: figuresOf(byDay),
    days: days.map((each) => ({ day: each, ...figuresOf(ofDays.get(each) ?? []) })),
    operations: busiest(byOperation, (row) => `${row.method} ${row.endpoint}`)
      .map(([row, figures]) => ({ method: row.method, endpoint: row.endpoint, ...figures })),
    maxLines: MAX_LINES,
    actors: busiest(byActor, (row) => row.id)
      .map(([row, figures]) => ({ type: row.type, id: row.id, name: row.name, ...figures })),
  };
}

/** With both ends, Postgres reads only the partitions of these days. */
function conditionOf({ operation, actor }: UsageQuery, days: string[]): SQL | undefined {
  const { day, method, endpoint, actorId } = apiRequestCounts;
  const [wantedMethod, wantedEndpoint] = operation?.split(" ") ?? [];
  return and(
    gte(day, days[0]!),
    lte(day, days.at(-1)!),
    wantedMethod && wantedEndpoint ? and(eq(method, wantedMethod), eq(endpoint, wantedEndpoint)) : undefined,
    actor ? eq(actorId, actor) : undefined,
  );
}

/** The groups with the most calls, each with one of its rows. */
function busiest<Row extends Counted>(rows: Row[], keyOf: (row: Row) => string): [Row, CallFigures][] {
  return [...Map.groupBy(rows, keyOf).values()]
    .map((group): [Row, CallFigures] => [group[0]!, figuresOf(group)])
    .sort(([, one], [, other]) => other.calls - one.calls)
    .slice(0, MAX_LINES);
}

function figuresOf(rows: readonly Counted[]): CallFigures {
  return {
    calls: rows.reduce((sum, { calls }) => sum + calls, 0),
    errors: rows.reduce((sum, { errors }) => sum + errors, 0),
    latency: latencyOf(rows),
  };
}

function lastDays(now: Date, count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => after(now, (index + 1 - count) * DAY).toISOString().slice(0, 10),
  );
}
