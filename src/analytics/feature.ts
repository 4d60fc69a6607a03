import { dailyMetrics } from "../../db/tenant/schema/analytics.ts";
import { feature } from "../feature.ts";
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
import { ANALYTICS_READ } from "./permissions.ts";
import { SERIES } from "./series.ts";
import { STORAGE } from "./storage.ts";

export default feature("analytics", {
  label: "Analytics",
  tables: [dailyMetrics],
  permissions: [ANALYTICS_READ],
  emails: [MONTHLY_REPORT],
  jobs: [MEASURE, MEASURE_TENANT, COLLECT, COLLECT_TENANT, REPORT, REPORT_TENANT],
  schedules: SCHEDULES,
  flags: [SAMPLE_DATA],
  parts: [STORAGE, SERIES, DASHBOARD],
});
