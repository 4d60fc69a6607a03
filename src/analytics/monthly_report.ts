import { and, asc, gt, gte, inArray, lt, or } from "drizzle-orm";
import { dailyMetrics } from "../../db/tenant/schema/analytics.ts";
import { authorize } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import { type Metric, METRIC_KINDS } from "./daily_metrics.ts";
import { addMonths, dayOf, daysBetween, startOfMonth } from "./days.ts";
import { ANALYTICS_READ } from "./permissions.ts";

/** A figure of a month, and the same of the month before; null where nothing was recorded. */
export type MonthlyFigure = {
  label: string;
  value: number | null;
  previous: number | null;
  unit?: "bytes";
};

/**
 * `month`: its first day, 00:00 UTC. `daily`: one value for each day of it, as ISO dates; null for a day not counted.
 * `gap`: the figures that were not measured on the month's last day, and the last day they were; null where all were.
 */
export type MonthlyReport = {
  month: Date;
  figures: MonthlyFigure[];
  gap: { labels: string[]; lastMeasured: string | null } | null;
  dailyLabel: string;
  daily: { day: string; value: number | null }[];
};

type Measure = { label: string; metric: Metric; unit?: "bytes" };
type DailyRow = typeof dailyMetrics.$inferSelect;

const MEASURES: Measure[] = [
  { label: "People", metric: "members" },
  { label: "Projects", metric: "projects" },
  { label: "New projects", metric: "projects_created" },
  { label: "API calls", metric: "api_calls" },
  { label: "Storage", metric: "storage_bytes", unit: "bytes" },
];

const GAUGES = MEASURES.filter(isGauge);

/** What a tenant did in a month (`2026-10`), beside the month before. Throws `forbidden`. */
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
    label: measure.label,
    value: figureOf(measure, rowsOf(measure.metric, start, end)),
    previous: figureOf(measure, rowsOf(measure.metric, before, start)),
    ...(measure.unit ? { unit: measure.unit } : {}),
  }));
  const days = daysBetween(start, end);
  const lastMeasured = rowsOf(GAUGES[0]!.metric, start, end).at(-1)?.day ?? null;
  const calls = new Map(rowsOf("api_calls", start, end).map(({ day, value }) => [day, value]));
  const daily = days.map((day) => ({ day, value: calls.get(day) ?? null }));
  return { month: start, figures, gap: gapOf(lastMeasured, days.at(-1)!), dailyLabel: "API calls", daily };
}

/** Whether a report of this month would say anything: a gauge was measured, or something happened. */
export async function hasMonthlyFigures(ctx: TenantContext, month: string): Promise<boolean> {
  authorize(ctx, ANALYTICS_READ);
  const start = startOfMonth(month);
  const isTelling = or(
    inArray(dailyMetrics.metric, GAUGES.map(({ metric }) => metric)),
    gt(dailyMetrics.value, 0),
  );
  const [rows] = await ctx.read((tx) => [
    tx.select({ day: dailyMetrics.day }).from(dailyMetrics).where(and(
      gte(dailyMetrics.day, dayOf(start)),
      lt(dailyMetrics.day, dayOf(addMonths(start, 1))),
      isTelling,
    )).limit(1),
  ]);
  return rows.length > 0;
}

/** A gauge as it was measured last, a counter added up. */
function figureOf(measure: Measure, rows: DailyRow[]): number | null {
  if (rows.length === 0) return null;
  return isGauge(measure) ? rows.at(-1)!.value : rows.reduce((sum, { value }) => sum + value, 0);
}

/** All gauges are measured together: the last day of one is the last day of all. */
function gapOf(lastMeasured: string | null, lastDay: string): MonthlyReport["gap"] {
  return lastMeasured === lastDay ? null : { labels: GAUGES.map(({ label }) => label), lastMeasured };
}

function isGauge({ metric }: Measure): boolean {
  return METRIC_KINDS[metric] === "gauge";
}
