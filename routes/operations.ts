import { sql } from "drizzle-orm";
import { Hono } from "hono";
import { checkHealth, type HealthReport } from "../src/platform/health.ts";
import type { AppEnv } from "./http.ts";

/** What load balancers and people on call ask, on any host. */
export const operations = new Hono<AppEnv>();

operations.get("/health", async (c) => {
  const report = await checkHealth(c.get("services").clock, {
    database: () => pingDatabase(c.get("services").db),
  });
  return c.json(report, report.status === "unhealthy" ? 503 : 200);
});

operations.get("/ready", async (c) => {
  const report: HealthReport = await checkHealth(c.get("services").clock, {
    database: () => pingDatabase(c.get("services").db),
  });
  return report.status === "healthy" ? c.json({ status: "ready" }) : c.json({ status: "not ready" }, 503);
});

async function pingDatabase(db: AppEnv["Variables"]["services"]["db"]): Promise<void> {
  await db.control.execute(sql`select 1`);
}
