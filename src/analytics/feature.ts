import { dailyMetrics } from "../../db/tenant/schema/analytics.ts";
import { feature } from "../feature.ts";
import { ANALYTICS_READ } from "./permissions.ts";
import { STORAGE } from "./storage.ts";

export const analytics = feature("analytics", {
  tables: [dailyMetrics],
  permissions: [ANALYTICS_READ],
  parts: [STORAGE],
});
