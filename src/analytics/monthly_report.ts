import { and, asc, gte, lt, lte, max } from "drizzle-orm";
import { dailyMetrics } from "../../db/tenant/schema.ts";
import { authorize } from "../access/roles.ts";
import type { TenantContext } from "../context.ts";
import type { Metric } from "./daily_metrics.ts";

/** A figure of a month, and the same of the month before; null where nothing was collected. */
export type MonthlyFigure = {
  label: string;
  value: number | null;
  previous: number | null;
  unit?: "bytes";
};

/** `month`: its first day, 00:00 UTC. `daily`: one value for each day of it, as ISO dates; null for a day not collected. */
export type MonthlyReport = {
  month: Date;
  figures: MonthlyFigure[];
  dailyLabel: string;
  daily: { day: string; value: number | null }[];
};

type Measure = { label: string; metric: Metric; by: "last" | "sum"; unit?: "bytes" };

/** What a tenant has is told as of the last day that was collected; what it did is added up. */
const MEASURES: Measure[] = [
  { label: "People", metric: "members", by: "last" },
  { label: "Projects", metric: "projects", by: "last" },
  { label: "New projects", metric: "projects_created", by: "sum" },
  { label: "API calls", metric: "api_calls", by: "sum" },
  { label: "Storage", metric: "storage_bytes", by: "last", unit: "bytes" },
];

/** What a tenant did in a month (`2026-10`), beside the month before. Throws `forbidden`. */
export async function getMonthlyReport(ctx: TenantContext, month: string): Promise<MonthlyReport> {
  authorize(ctx, "analytics:read");
  const start = startOf(month);
  const [before, end] = [addMonths(start, -1), addMonths(start, 1)];
  const [rows] = await ctx.read((tx) => [
    tx.select().from(dailyMetrics)
      .where(and(gte(dailyMetrics.day, dayOf(before)), lt(dailyMetrics.day, dayOf(end))))
      .orderBy(asc(dailyMetrics.day)),
  ]);
  const valuesOf = (metric: Metric, from: Date, until: Date) =>
    rows.filter((row) => row.metric === metric && row.day >= dayOf(from) && row.day < dayOf(until));
  const figures = MEASURES.map(({ label, metric, by, unit }) => ({
    label,
    value: figureOf(valuesOf(metric, start, end), by),
    previous: figureOf(valuesOf(metric, before, start), by),
    ...(unit ? { unit } : {}),
  }));
  const calls = new Map(valuesOf("api_calls", start, end).map(({ day, value }) => [day, value]));
  const daily = daysBetween(start, end).map((day) => ({ day, value: calls.get(day) ?? null }));
  return { month: start, figures, dailyLabel: "API calls", daily };
}

/** The month's last day whose figures were collected, and whether it is the last of the month. Null where none was. */
export async function findLastCollected(
  ctx: TenantContext,
  month: string,
): Promise<{ day: string; isLastOfMonth: boolean } | null> {
  authorize(ctx, "analytics:read");
  const start = startOf(month);
  const days = daysBetween(start, addMonths(start, 1));
  const [[row]] = await ctx.read((tx) => [
    tx.select({ day: max(dailyMetrics.day) }).from(dailyMetrics)
      .where(and(gte(dailyMetrics.day, days[0]!), lte(dailyMetrics.day, days.at(-1)!))),
  ]);
  return row?.day ? { day: row.day, isLastOfMonth: row.day === days.at(-1) } : null;
}

function startOf(month: string): Date {
  return new Date(`${month}-01T00:00:00Z`);
}

function figureOf(values: { value: number }[], by: Measure["by"]): number | null {
  if (values.length === 0) return null;
  return by === "last" ? values.at(-1)!.value : values.reduce((sum, { value }) => sum + value, 0);
}

function addMonths(month: Date, count: number): Date {
  return new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + count, 1));
}

function daysBetween(start: Date, end: Date): string[] {
  const days: string[] = [];
  for (
    let day = start;
    day < end;
    day = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() + 1))
  ) {
    days.push(dayOf(day));
  }
  return days;
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
