import { createRoute, z } from "@hono/zod-openapi";
import { getDashboard } from "../../src/analytics/dashboard.ts";
import { apiRoutes, BEARER, json, problems } from "./schemas.ts";

const Stats = z.object({
  users: z.int(),
  revenue: z.int().openapi({ description: "Minor units of `currency`" }),
  currency: z.string(),
  api_calls: z.int().openapi({ description: "In this calendar month, UTC" }),
  storage_used: z.int().openapi({ description: "Bytes" }),
}).openapi("DashboardStats");

const stats = createRoute({
  method: "get",
  path: "/dashboard/stats",
  tags: ["Dashboard"],
  summary: "Figures of the tenant",
  operationId: "getDashboardStats",
  security: BEARER,
  responses: { 200: json("The figures as of now", Stats), ...problems(401, 403) },
});

export const dashboardApi = apiRoutes();

dashboardApi.openapi(stats, async (c) => {
  const { stats } = await getDashboard(c.get("api"));
  const { users, revenue, currency, apiCalls, storageUsed } = stats;
  return c.json({ users, revenue, currency, api_calls: apiCalls, storage_used: storageUsed }, 200);
});
