import { and, asc, desc, eq, gte, lte, sql } from "drizzle-orm";
import type { z } from "zod";
import type { TenantTx } from "../../../db/connection/with_tenant.ts";
import { apiRequestCounts } from "../../../db/stream/schema/api_requests.ts";
import { apiUsage } from "../../../db/stream/schema/api_usage.ts";
import { analyticsDaily } from "../../../db/stream/schema/analytics_rollups.ts";
import { dailyMetrics } from "../../../db/tenant/schema/analytics.ts";
import { authorize } from "../../access/authorize.ts";
import { type Latency, latencyOf } from "../../api_access/latency.ts";
import type { TenantContext } from "../../context.ts";
import { MemoryCache } from "../../platform/cache.ts";
import { MINUTE } from "../../platform/clock.ts";
import { SharedLoads } from "../../platform/shared_loads.ts";
import { part } from "../../ports.ts";
import type { TenantId } from "../../tenancy/tenant.ts";
import { ANALYTICS_READ } from "../permissions.ts";
import { readReport, type ReportReader } from "../replica/read_report.ts";
import { currentVersion, readVersion } from "../rollup/freshness.ts";
import { countPeople, peopleByDay, readActiveDays } from "./active_people.ts";
import { type DateRange, type dateRange, daysOf, rangeBefore, rangeOf } from "./date_range.ts";

const TOP_EVENTS = 10;

export type UsageTotals = { events: number; activeUsers: number; apiCalls: number; apiErrors: number };
export type UsageDay = { date: string; events: number; activeUsers: number; apiCalls: number };
export type TopEvent = { event: string; count: number };

/**
 * Days of events and people are in the tenant's time zone, days of API calls in UTC. API errors and latencies go back six months.
 * `before` is the period of the same length before this one, with a day for each of this one's. `latencyMs` is null without API calls.
 */
export type UsageReport = {
  range: DateRange;
  totals: UsageTotals;
  before: { range: DateRange; totals: UsageTotals; series: UsageDay[] };
  series: UsageDay[];
  topEvents: TopEvent[];
  latencyMs: Latency | null;
};

type Product = {
  eventsByDay: Map<string, number>;
  peopleByDay: Map<string, number>;
  people: number;
  peopleBefore: number;
  topEvents: TopEvent[];
};
type Calls = { byDay: Map<string, number>; errors: number; errorsBefore: number; latency: Latency | null };

/**
 * What reports say about events, by tenant, version and range: a new version of the figures has no cached reports. `running` are the
 * reports that are being made.
 */
export const USAGE_REPORTS = part(
  "usage reports",
  () => ({
    known: new MemoryCache<{ tenantId: string; product: Product }>({ capacity: 2_000, ttl: 5 * MINUTE }),
    running: new SharedLoads<UsageReport>(),
  }),
  { forgetTenant: ({ known }, id) => known.deleteWhere(({ tenantId }) => tenantId === id) },
);

/**
 * Reports on events, the people behind them, and API calls, up to this moment. Active users of a period are people, each counted
 * once. Throws `forbidden`, or `invalid` for a range that is backwards or longer than 366 days.
 */
export async function generateUsageReport(
  ctx: TenantContext,
  query: z.output<typeof dateRange>,
): Promise<UsageReport> {
  authorize(ctx, ANALYTICS_READ);
  const range = rangeOf(ctx, query);
  const version = await currentVersion(ctx);
  const { running } = ctx.services.use(USAGE_REPORTS);
  return await running.run(keyOf(ctx, version, range), () => makeReport(ctx, version, range));
}

async function makeReport(ctx: TenantContext, version: number, range: DateRange): Promise<UsageReport> {
  const before = rangeBefore(range);
  const [product, calls] = await Promise.all([
    productOf(ctx, version, range, before),
    readReport(ctx, (reader) => callsIn(reader, range, before)),
  ]);
  const totalsIn = (days: string[]) => ({
    events: sumOf(product.eventsByDay, days),
    apiCalls: sumOf(calls.byDay, days),
  });
  const [days, daysBefore] = [daysOf(range), daysOf(before)];
  const seriesOf = (dates: string[]) =>
    dates.map((date) => ({
      date,
      events: product.eventsByDay.get(date) ?? 0,
      activeUsers: product.peopleByDay.get(date) ?? 0,
      apiCalls: calls.byDay.get(date) ?? 0,
    }));
  return {
    range,
    totals: { ...totalsIn(days), activeUsers: product.people, apiErrors: calls.errors },
    before: {
      range: before,
      totals: {
        ...totalsIn(daysBefore),
        activeUsers: product.peopleBefore,
        apiErrors: calls.errorsBefore,
      },
      series: seriesOf(daysBefore),
    },
    series: seriesOf(days),
    topEvents: product.topEvents,
    latencyMs: calls.latency,
  };
}

/** Keeps the figures under the version that was read: a replica may not have the newest one yet. */
async function productOf(
  ctx: TenantContext,
  version: number,
  range: DateRange,
  before: DateRange,
): Promise<Product> {
  const { known } = ctx.services.use(USAGE_REPORTS);
  const cached = known.get(keyOf(ctx, version, range));
  if (cached) return cached.product;
  const read = await readReport(ctx, (reader) => readProduct(reader, ctx.tenant.id, range, before));
  known.set(keyOf(ctx, read.version, range), { tenantId: ctx.tenant.id, product: read.product });
  return read.product;
}

function keyOf({ tenant }: TenantContext, version: number, { start, end }: DateRange): string {
  return `${tenant.id} ${version} ${start} ${end}`;
}

async function readProduct(
  reader: ReportReader,
  id: TenantId,
  range: DateRange,
  before: DateRange,
): Promise<{ version: number; product: Product }> {
  const [[state], days, topEvents, active, [people], [peopleBefore]] = await reader.read((tx) => [
    readVersion(tx, id),
    eventsByDay(tx, { start: before.start, end: range.end }),
    mostFrequent(tx, range),
    readActiveDays(tx, id, { start: before.start, end: range.end }),
    countPeople(tx, id, range),
    countPeople(tx, id, before),
  ]);
  const product = {
    eventsByDay: new Map(days.map(({ day, events }) => [day, events])),
    peopleByDay: peopleByDay(active),
    people: people!.people,
    peopleBefore: peopleBefore!.people,
    topEvents,
  };
  return { version: state!.version, product };
}

const EVENTS = sql`sum(${analyticsDaily.events})`.mapWith(Number);

function eventsByDay(tx: TenantTx, { start, end }: DateRange) {
  const { day } = analyticsDaily;
  return tx.select({ day, events: EVENTS }).from(analyticsDaily)
    .where(and(gte(day, start), lte(day, end))).groupBy(day);
}

function mostFrequent(tx: TenantTx, { start, end }: DateRange) {
  const { day, event } = analyticsDaily;
  return tx.select({ event, count: EVENTS }).from(analyticsDaily).where(and(gte(day, start), lte(day, end)))
    .groupBy(event).orderBy(desc(EVENTS), asc(event)).limit(TOP_EVENTS);
}

async function callsIn(reader: ReportReader, range: DateRange, before: DateRange): Promise<Calls> {
  const all = { start: before.start, end: range.end };
  const [recorded, counted, buckets, [errorsBefore]] = await reader.read((tx) => [
    recordedCalls(tx, all),
    countedCalls(tx, all),
    callsByDuration(tx, range),
    errorsIn(tx, before),
  ]);
  return {
    // The tenant's own figures go back to its first day, and the count of calls six months. The count is newer.
    byDay: new Map([...recorded, ...counted].map(({ day, calls }) => [day, calls])),
    errors: buckets.reduce((sum, { errors }) => sum + errors, 0),
    errorsBefore: errorsBefore!.errors,
    latency: latencyOf(buckets),
  };
}

function recordedCalls(tx: TenantTx, { start, end }: DateRange) {
  const { day, metric, value } = dailyMetrics;
  return tx.select({ day, calls: value }).from(dailyMetrics)
    .where(and(eq(metric, "api_calls"), gte(day, start), lte(day, end)));
}

function countedCalls(tx: TenantTx, { start, end }: DateRange) {
  const { day, calls } = apiUsage;
  return tx.select({ day, calls }).from(apiUsage).where(and(gte(day, start), lte(day, end)));
}

const ERRORS = sql`coalesce(sum(${apiRequestCounts.errors}), 0)`.mapWith(Number);

function callsByDuration(tx: TenantTx, { start, end }: DateRange) {
  const { day, bucket, calls } = apiRequestCounts;
  return tx.select({ bucket, calls: sql`sum(${calls})`.mapWith(Number), errors: ERRORS })
    .from(apiRequestCounts).where(and(gte(day, start), lte(day, end))).groupBy(bucket);
}

function errorsIn(tx: TenantTx, { start, end }: DateRange) {
  const { day } = apiRequestCounts;
  return tx.select({ errors: ERRORS }).from(apiRequestCounts).where(and(gte(day, start), lte(day, end)));
}

function sumOf(values: Map<string, number>, days: string[]): number {
  return days.reduce((sum, day) => sum + (values.get(day) ?? 0), 0);
}
