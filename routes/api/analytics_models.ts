import { z } from "@hono/zod-openapi";
import type { UsageReport } from "../../src/analytics/reports/usage_report.ts";
import { model } from "../operation_document.ts";

export const usageDay = z.object({
  date: z.iso.date(),
  events: z.int(),
  activeUsers: z.int(),
  apiCalls: z.int(),
});
const milliseconds = z.number().nullable();

export const usageReport = model("AnalyticsReport", {
  totals: z.object({
    events: z.int(),
    activeUsers: z.int().openapi({ description: "People, each counted once. Not the sum of the days." }),
    apiCalls: z.int(),
    apiErrors: z.int().openapi({ description: "API calls with a status of 400 or higher" }),
  }),
  series: z.array(usageDay),
  topEvents: z.array(z.object({ event: z.string(), count: z.int() })),
  latencyMs: z.object({ p50: milliseconds, p95: milliseconds, p99: milliseconds }).openapi({
    description: "How long API calls took, at most 5 % off. Null without calls.",
  }),
}, {
  totals: { events: 5_210, activeUsers: 312, apiCalls: 18_240, apiErrors: 96 },
  series: [{ date: "2026-03-02", events: 174, activeUsers: 41, apiCalls: 640 }],
  topEvents: [{ event: "report_opened", count: 1_904 }],
  latencyMs: { p50: 4.2, p95: 18.5, p99: 61.3 },
});

export const funnelStep = z.object({
  event: z.string(),
  people: z.int(),
  share: z.number().openapi({ description: "The part of the people of the first step, from 0 to 1" }),
});
export const funnelReport = model("Funnel", { steps: z.array(funnelStep) }, {
  steps: [
    { event: "signed_up", people: 400, share: 1 },
    { event: "project_created", people: 260, share: 0.65 },
  ],
});

export const cohort = z.object({
  week: z.iso.date().openapi({ description: "The Monday on which the week starts" }),
  people: z.int().openapi({ description: "People whose first active day is in this week" }),
  active: z.array(z.int()).openapi({
    description: "How many of them were active in this week, the next one, and so on",
  }),
});
export const retentionReport = model("Retention", { cohorts: z.array(cohort) }, {
  cohorts: [{ week: "2026-03-02", people: 120, active: [120, 64, 51] }],
});

export const breakdownValue = z.object({
  value: z.string().nullable().openapi({ description: "Null for events without the property" }),
  events: z.int(),
  people: z.int(),
});
export const breakdownReport = model("Breakdown", { values: z.array(breakdownValue) }, {
  values: [{ value: "mobile", events: 812, people: 97 }],
});

export const activeUsersDay = z.object({
  date: z.iso.date(),
  daily: z.int(),
  weekly: z.int(),
  monthly: z.int(),
});
export const activeUsersReport = model("ActiveUsers", { series: z.array(activeUsersDay) }, {
  series: [{ date: "2026-03-02", daily: 41, weekly: 126, monthly: 312 }],
});

/** The report as `usageReport` has it. */
export function shownUsage(report: UsageReport) {
  return { ...report, latencyMs: report.latencyMs ?? { p50: null, p95: null, p99: null } };
}
