import { authorize } from "../../src/access/authorize.ts";
import { ANALYTICS_READ } from "../../src/analytics/permissions.ts";
import { activeUsers } from "../../src/analytics/reports/active_users.ts";
import { breakdown, breakdownQuery } from "../../src/analytics/reports/breakdown.ts";
import { dateRange } from "../../src/analytics/reports/date_range.ts";
import { funnel, funnelQuery } from "../../src/analytics/reports/funnel.ts";
import { retention } from "../../src/analytics/reports/retention.ts";
import { generateUsageReport } from "../../src/analytics/reports/usage_report.ts";
import { readWire } from "../wire.ts";
import {
  activeUsersDay,
  activeUsersReport,
  breakdownReport,
  breakdownValue,
  cohort,
  funnelReport,
  funnelStep,
  retentionReport,
  shownUsage,
  usageDay,
  usageReport,
} from "./analytics_models.ts";
import { tenantResource } from "./audiences.ts";

const reports = tenantResource("Analytics", "What people do in your product.");
export default reports;

reports.operation("get", "/analytics/report", {
  operationId: "getAnalyticsReport",
  summary: "Get the usage of a period",
  description:
    "`start` and `end` are days in the tenant's time zone, both included, and 366 days at most. By default, they are the last 30 days. " +
    "API calls are counted by days in UTC; their errors and latencies go back six months. As CSV, the report is its series.",
  permission: ANALYTICS_READ,
  query: dateRange,
  answer: { description: "The report", schema: usageReport },
  csv: { item: usageDay, rowsOf: ({ series }) => series },
  withoutEtag: true,
  run: (ctx, { c }) => generateUsageReport(ctx, readWire(dateRange, c.req.query())),
  present: shownUsage,
});

reports.operation("get", "/analytics/active-users", {
  operationId: "getActiveUsers",
  summary: "Get daily, weekly and monthly active users",
  description:
    "The people who were active on each day, in the 7 days that end with it, and in the 28 days, each counted once. Without `start`, " +
    "the report covers 30 days. Needs a plan with `advanced_analytics`.",
  permission: ANALYTICS_READ,
  query: dateRange,
  answer: { description: "Active users by day", schema: activeUsersReport },
  csv: { item: activeUsersDay, rowsOf: ({ series }) => series },
  withoutEtag: true,
  run: (ctx, { c }) => activeUsers(ctx, readWire(dateRange, c.req.query())),
});

reports.operation("get", "/analytics/funnel", {
  operationId: "getFunnel",
  summary: "Count the people who went through the steps of a funnel",
  description:
    "`steps` are names of events, repeated or separated by commas. The first step is in the period; the others follow it in their order " +
    "within `window_hours`. Needs a plan with `advanced_analytics`.",
  permission: ANALYTICS_READ,
  query: funnelQuery,
  answer: { description: "The people who reached each step", schema: funnelReport },
  csv: { item: funnelStep, rowsOf: ({ steps }) => steps },
  withoutEtag: true,
  run: (ctx, { c }) => {
    authorize(ctx, ANALYTICS_READ); // before the query is read
    const steps = c.req.queries("steps")?.flatMap((names) => names.split(","));
    return funnel(ctx, readWire(funnelQuery, { ...c.req.query(), steps }));
  },
});

reports.operation("get", "/analytics/retention", {
  operationId: "getRetention",
  summary: "Get the weekly retention",
  description:
    "Groups people by the week of their first active day, and counts how many came back in each later week. Weeks start on Monday. " +
    "Without `start`, the report covers 12 weeks. Needs a plan with `advanced_analytics`.",
  permission: ANALYTICS_READ,
  query: dateRange,
  answer: { description: "The cohorts, the oldest first", schema: retentionReport },
  csv: { item: cohort, rowsOf: ({ cohorts }) => cohorts },
  withoutEtag: true,
  run: (ctx, { c }) => retention(ctx, readWire(dateRange, c.req.query())),
});

reports.operation("get", "/analytics/breakdown", {
  operationId: "getBreakdown",
  summary: "Break an event down by a property",
  description: "The 20 most frequent values of the property. Needs a plan with `advanced_analytics`.",
  permission: ANALYTICS_READ,
  query: breakdownQuery,
  answer: { description: "The values, the most frequent first", schema: breakdownReport },
  csv: { item: breakdownValue, rowsOf: ({ values }) => values },
  withoutEtag: true,
  run: (ctx, { c }) => {
    authorize(ctx, ANALYTICS_READ); // before the query is read
    return breakdown(ctx, readWire(breakdownQuery, c.req.query()));
  },
});
