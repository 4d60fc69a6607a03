import { z } from "@hono/zod-openapi";
import { getDashboard } from "../../src/analytics/dashboard.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const stats = model("DashboardStats", {
  users: z.int(),
  revenue: z.int().openapi({ description: "Minor units of `currency`" }),
  currency: z.string(),
  apiCalls: z.int().openapi({ description: "In this calendar month, UTC" }),
  storageUsed: z.int().openapi({ description: "Bytes" }),
});

const dashboard = tenantResource("Dashboard");
export default dashboard;

dashboard.operation("get", "/dashboard/stats", {
  operationId: "getDashboardStats",
  summary: "Figures of the tenant",
  answer: { description: "The figures as of now", schema: stats },
  run: async (ctx) => (await getDashboard(ctx)).stats,
});
