import { and, asc, gt, gte, inArray, lt, or } from "drizzle-orm";
import { dailyMetrics } from "../../db/tenant/schema/analytics.ts";
import { authorize } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import { type Metric, METRIC_KINDS } from "./daily_metrics.ts";
import { addMonths, dayOf, daysBetween, startOfMonth } from "./days.ts";
import { ANALYTICS_READ } from "./permissions.ts";

/** A figure of a month and of the previous month. Null if nothing was recorded. */
export type MonthlyFigure = {
  metric: Metric;
  value: number | null;
  previous: number | null;
  unit?: "bytes";
};

/**
 * `month` is the month's first day, 00:00 UTC. `daily` has the API calls of each day, or null if the day wasn't counted.
 * `gap` lists the figures that were not measured on the month's last day, and the last day when they were. It is null
 * if all were measured.
 */
export type MonthlyReport = {
  month: Date;
  figures: MonthlyFigure[];
  gap: { metrics: Metric[]; lastMeasured: string | null } | null;
  daily: { day: string; value: number | null }[];
};

type Measure = { metric: Metric; unit?: "bytes" };
type DailyRow = typeof dailyMetrics.$inferSelect;

const MEASURES: Measure[] = [
  { metric: "members" },
  { metric: "projects" },
  { metric: "projects_created" },
  { metric: "api_calls" },
  { metric: "storage_bytes", unit: "bytes" },
];

const GAUGES = MEASURES.filter(isGauge);

/** The tenant's figures for a month (`2026-10`) and the previous month. Throws `forbidden`. */
export async function getMonthlyReport(ctx: TenantContext, month: string): Promise<MonthlyReport> {
  authorize(ctx, ANALYTICS_READ);
  const start = startOfMonth(month);
  const [before, end] = [addMonths(start, -1), addMonths(start, 1)];
  const [rows] = await ctx.read((tx) => [
    tx.select().from(dailyMetrics)
      .where(and(gte(dailyMetrics.day, dayOf(before)), lt(dailyMetrics.day, dayOf(end))))
      .orderBy(asc(dailyMetrics.day)),
  ]);
  const rowsOf = (metric: Metric, from: Date, until: Date) =>
    rows.filter((row) => row.metric === metric && row.day >= dayOf(from) && row.day < dayOf(until));
  const figures = MEASURES.map((measure) => ({
    ...measure,
    value: figureOf(measure, rowsOf(measure.metric, start, end)),
    previous: figureOf(measure, rowsOf(measure.metric, before, start)),
  }));
  const days = daysBetween(start, end);
  const lastMeasured = rowsOf(GAUGES[0]!.metric, start, end).at(-1)?.day ?? null;
  const calls = new Map(rowsOf("api_calls", start, end).map(({ day, value }) => [day, value]));
  const daily = days.map((day) => ({ day, value: calls.get(day) ?? null }));
  return { month: start, figures, gap: gapOf(lastMeasured, days.at(-1)!), daily };
}

/** Whether the month has anything to report: a gauge was measured, or a counter is above zero. */
export async function hasMonthlyFigures(ctx: TenantContext, month: string): Promise<boolean> {
  authorize(ctx, ANALYTICS_READ);
  const start = startOfMonth(month);
  const isReportable = or(
    inArray(dailyMetrics.metric, GAUGES.map(({ metric }) => metric)),
    gt(dailyMetrics.value, 0),
  );
  const [rows] = await ctx.read((tx) => [
    tx.select({ day: dailyMetrics.day }).from(dailyMetrics).where(and(
      gte(dailyMetrics.day, dayOf(start)),
      lt(dailyMetrics.day, dayOf(addMonths(start, 1))),
      isReportable,
    )).limit(1),
  ]);
  return rows.length > 0;
}

/** The last measurement of a gauge, or the sum of a counter. */
function figureOf(measure: Measure, rows: DailyRow[]): number | null {
  if (rows.length === 0) return null;
  return isGauge(measure) ? rows.at(-1)!.value : rows.reduce((sum, { value }) => sum + value, 0);
}

/** All gauges are measured together, so they share the last measured day. */
function gapOf(lastMeasured: string | null, lastDay: string): MonthlyReport["gap"] {
  return lastMeasured === lastDay ? null : { metrics: GAUGES.map(({ metric }) => metric), lastMeasured };
}

function isGauge({ metric }: Measure): boolean {
  return METRIC_KINDS[metric] === "gauge";
}
