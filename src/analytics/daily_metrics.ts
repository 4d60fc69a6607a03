import { and, count, eq, gte, lt, sql } from "drizzle-orm";
import { apiUsage } from "../../db/stream/schema/api_usage.ts";
import { dailyMetrics } from "../../db/tenant/schema/analytics.ts";
import { auditLog } from "../../db/tenant/schema/audit.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import { authorize } from "../access/authorize.ts";
import { countMembers } from "../access/members.ts";
import type { TenantContext } from "../context.ts";
import { after, DAY } from "../platform/clock.ts";
import { addMonths, dayOf, daysBetween, startOfDay, startOfMonth } from "./days.ts";
import { ANALYTICS_READ } from "./permissions.ts";
import { measureStorage } from "./storage.ts";

export type Metric = typeof dailyMetrics.$inferSelect["metric"];

/**
 * A gauge is what the tenant has at a moment. It is recorded for the day it is measured on, and a missed day stays missing.
 * A counter is what the tenant did on a day. It can be counted again later, and is recorded only once the day is over.
 */
export const METRIC_KINDS = {
  members: "gauge",
  projects: "gauge",
  storage_bytes: "gauge",
  projects_created: "counter",
  api_calls: "counter",
} as const satisfies Record<Metric, "gauge" | "counter">;

type MetricOf<Kind> = { [Name in Metric]: typeof METRIC_KINDS[Name] extends Kind ? Name : never }[Metric];
type Row = typeof dailyMetrics.$inferInsert;

/** Measures what the tenant has now and records it for today. A later measurement on the same day replaces it. */
export async function recordGauges(ctx: TenantContext): Promise<void> {
  authorize(ctx, ANALYTICS_READ);
  const day = dayOf(ctx.services.clock.now());
  const [members, storage, [[all]]] = await Promise.all([
    countMembers(ctx),
    measureStorage(ctx),
    ctx.read((tx) => [tx.select({ count: count() }).from(projects)]),
  ]);
  await replace(ctx, rowsOf(day, { members, projects: all!.count, storage_bytes: storage }));
}

/** Counts what the tenant did on `day`, and replaces what was counted before. Does nothing until the day is over. */
export async function recordCounters(ctx: TenantContext, day: string): Promise<void> {
  authorize(ctx, ANALYTICS_READ);
  const start = startOfDay(day);
  const end = after(start, DAY);
  if (end > ctx.services.clock.now()) return;
  await replace(ctx, await countDays(ctx, start, end));
}

/** Counts the uncounted days of `month` and the month before, starting with the tenant's first day. */
export async function fillCounters(ctx: TenantContext, month: string): Promise<void> {
  authorize(ctx, ANALYTICS_READ);
  const firstDay = startOfDay(dayOf(ctx.tenant.createdAt));
  const today = startOfDay(dayOf(ctx.services.clock.now()));
  const start = latest(addMonths(startOfMonth(month), -1), firstDay);
  const end = earliest(addMonths(startOfMonth(month), 1), today);
  const rows = await countDays(ctx, start, end);
  if (rows.length > 0) await ctx.tx((tx) => tx.insert(dailyMetrics).values(rows).onConflictDoNothing());
}

/** The counters of each day from `start` until the day before `end`. Uses the audit log, which still contains deleted projects. */
async function countDays(ctx: TenantContext, start: Date, end: Date): Promise<Row[]> {
  const createdOn = sql<string>`(${auditLog.at} at time zone 'UTC')::date::text`;
  const [usage, creations] = await ctx.read((tx) => [
    tx.select().from(apiUsage).where(and(gte(apiUsage.day, dayOf(start)), lt(apiUsage.day, dayOf(end)))),
    tx.select({ day: createdOn, count: count() }).from(auditLog)
      .where(and(eq(auditLog.action, "project.created"), gte(auditLog.at, start), lt(auditLog.at, end)))
      .groupBy(createdOn),
  ]);
  const calls = new Map(usage.map(({ day, calls }) => [day, calls]));
  const created = new Map(creations.map(({ day, count }) => [day, count]));
  return daysBetween(start, end).flatMap((day) =>
    rowsOf(day, { projects_created: created.get(day) ?? 0, api_calls: calls.get(day) ?? 0 })
  );
}

function rowsOf(
  day: string,
  values: Record<MetricOf<"gauge">, number> | Record<MetricOf<"counter">, number>,
): Row[] {
  return Object.entries(values).map(([metric, value]) => ({ day, metric: metric as Metric, value }));
}

async function replace(ctx: TenantContext, rows: Row[]): Promise<void> {
  await ctx.tx((tx) =>
    tx.insert(dailyMetrics).values(rows).onConflictDoUpdate({
      target: [dailyMetrics.day, dailyMetrics.metric],
      set: { value: sql`excluded.value` },
    })
  );
}

function latest(one: Date, other: Date): Date {
  return one > other ? one : other;
}

function earliest(one: Date, other: Date): Date {
  return one < other ? one : other;
}
