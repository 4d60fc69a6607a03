import { dailyMetrics } from "../../db/tenant/schema/analytics.ts";
import { feature } from "../feature.ts";
import { EVENTS } from "./collect/events.ts";
import { COLLECT_ADDRESS, COLLECT_EVENTS, COLLECT_NETWORK, COLLECT_WORKSPACE } from "./collect/limit.ts";
import { DASHBOARD } from "./dashboard.ts";
import { MONTHLY_REPORT } from "./emails.ts";
import {
  COLLECT,
  COLLECT_TENANT,
  MEASURE,
  MEASURE_TENANT,
  REPORT,
  REPORT_TENANT,
  SCHEDULES,
} from "./jobs.ts";
import { SAMPLE_DATA } from "../setup/sample_data.ts";
import {
  ADVANCED_ANALYTICS,
  ANALYTICS_MANAGE,
  ANALYTICS_READ,
  ANALYTICS_WRITE,
  REPORTS_MANAGE,
} from "./permissions.ts";
import { PLATFORM_ANALYTICS_READ } from "./platform/permissions.ts";
import { PLATFORM_REPORT } from "./platform/report.ts";
import { REPLICA } from "./replica/read_report.ts";
import { USAGE_REPORTS } from "./reports/usage_report.ts";
import { ROLLUPS } from "./rollup/freshness.ts";
import { EVENTS as REPORT_EVENTS } from "./saved_reports/events.ts";
import { SHARED_REPORTS, SHARED_RESULTS } from "./saved_reports/report_links.ts";
import { SERIES } from "./series.ts";
import { STORAGE } from "./storage.ts";

export default feature("analytics", {
  label: "Analytics",
  tables: [dailyMetrics],
  permissions: [ANALYTICS_READ, ANALYTICS_WRITE, ANALYTICS_MANAGE, REPORTS_MANAGE, PLATFORM_ANALYTICS_READ],
  planFeatures: [ADVANCED_ANALYTICS],
  rateLimits: [COLLECT_ADDRESS, COLLECT_NETWORK, COLLECT_WORKSPACE, COLLECT_EVENTS, SHARED_REPORTS],
  events: [...EVENTS, ...REPORT_EVENTS],
  emails: [MONTHLY_REPORT],
  jobs: [MEASURE, MEASURE_TENANT, COLLECT, COLLECT_TENANT, REPORT, REPORT_TENANT],
  schedules: SCHEDULES,
  flags: [SAMPLE_DATA],
  parts: [REPLICA, STORAGE, SERIES, DASHBOARD, ROLLUPS, USAGE_REPORTS, SHARED_RESULTS, PLATFORM_REPORT],
});
