import { collectDailyMetrics } from "../../src/analytics/daily_metrics.ts";
import { enqueueForAllTenants } from "../../src/jobs/for_all_tenants.ts";
import { type JobHandlers, tenantOf } from "./handler.ts";

/** Queue `analytics`: figures and reports. */
export const analyticsHandlers = {
  "metrics.collect": async ({ system }, { day }) => {
    await enqueueForAllTenants(system, {
      name: "metrics.collect_tenant",
      payload: { day },
      key: `metrics ${day}`,
    });
  },
  "metrics.collect_tenant": (run, { day }) => collectDailyMetrics(tenantOf(run), day),
} satisfies JobHandlers;
