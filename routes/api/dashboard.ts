import { z } from "@hono/zod-openapi";
import { getDashboardStats } from "../../src/analytics/dashboard.ts";
import { ANALYTICS_READ } from "../../src/analytics/permissions.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const stats = model("DashboardStats", {
  users: z.int(),
  revenue: z.int().openapi({
    description: "What the tenant paid in this calendar month, without refunds, in minor units of `currency`",
  }),
  currency: z.string(),
  apiCalls: z.int().openapi({ description: "API calls in the current calendar month, UTC" }),
  storageUsed: z.int().openapi({ description: "Bytes" }),
}, { users: 12, revenue: 2_900, currency: "usd", apiCalls: 18_240, storageUsed: 5_242_880 });

const dashboard = tenantResource("Dashboard", "Figures about the tenant.");
export default dashboard;

dashboard.operation("get", "/dashboard/stats", {
  operationId: "getDashboardStats",
  summary: "Get the tenant's figures",
  permission: ANALYTICS_READ,
  answer: { description: "The current figures", schema: stats },
  run: (ctx) => getDashboardStats(ctx),
});
