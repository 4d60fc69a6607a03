import { and, count, eq, gte, lt, sql } from "drizzle-orm";
import { apiUsage, dailyMetrics, projects } from "../../db/tenant/schema.ts";
import { countMembers } from "../access/members.ts";
import { authorize } from "../access/roles.ts";
import type { TenantContext } from "../context.ts";
import { after, DAY } from "../platform/clock.ts";
import { measureStorage } from "./dashboard.ts";

export type Metric = typeof dailyMetrics.$inferSelect["metric"];

/** Writes down what the tenant has now and did on `day` (YYYY-MM-DD, UTC). Doing it again replaces the figures. */
export async function collectDailyMetrics(ctx: TenantContext, day: string): Promise<void> {
  authorize(ctx, "analytics:read");
  const start = new Date(`${day}T00:00:00Z`);
  const onThatDay = and(gte(projects.createdAt, start), lt(projects.createdAt, after(start, DAY)));
  const [members, storage, [all, created, [usage]]] = await Promise.all([
    countMembers(ctx),
    measureStorage(ctx),
    ctx.read((tx) => [
      tx.select({ count: count() }).from(projects),
      tx.select({ count: count() }).from(projects).where(onThatDay),
      tx.select({ calls: apiUsage.calls }).from(apiUsage).where(eq(apiUsage.day, day)),
    ]),
  ]);
  const values: Record<Metric, number> = {
    members,
    projects: all[0]!.count,
    projects_created: created[0]!.count,
    api_calls: usage?.calls ?? 0,
    storage_bytes: storage,
  };
  const rows = Object.entries(values).map(([metric, value]) => ({ day, metric: metric as Metric, value }));
  await ctx.tx((tx) =>
    tx.insert(dailyMetrics).values(rows).onConflictDoUpdate({
      target: [dailyMetrics.day, dailyMetrics.metric],
      set: { value: sql`excluded.value` },
    })
  );
}
