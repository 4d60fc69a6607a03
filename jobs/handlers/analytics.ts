import { recordCounters, recordGauges } from "../../src/analytics/daily_metrics.ts";
import { sendMonthlyReport } from "../../src/analytics/send_monthly_report.ts";
import { enqueueForAllTenants } from "../../src/outbox/for_all_tenants.ts";
import { type JobHandlers, tenantOf } from "./handler.ts";

/** Queue `analytics`: figures and reports. */
export const analyticsHandlers = {
  "metrics.measure": async ({ id, system }) => {
    await enqueueForAllTenants(system, {
      name: "metrics.measure_tenant",
      payload: {},
      key: `gauges ${id}`,
    });
  },
  "metrics.measure_tenant": (run) => recordGauges(tenantOf(run)),
  "metrics.collect": async ({ system }, { day }) => {
    await enqueueForAllTenants(system, {
      name: "metrics.collect_tenant",
      payload: { day },
      key: `metrics ${day}`,
    });
  },
  "metrics.collect_tenant": (run, { day }) => recordCounters(tenantOf(run), day),
  "reports.monthly": async ({ system }, { month }) => {
    await enqueueForAllTenants(system, {
      name: "reports.monthly_tenant",
      payload: { month },
      key: `monthly report ${month}`,
    });
  },
  "reports.monthly_tenant": (run, { month }) => sendMonthlyReport(run.system, tenantOf(run), month),
} satisfies JobHandlers;
