import { and, count, gte, lt, sql } from "drizzle-orm";
import { prepareQuery } from "../../db/connection/prepared.ts";
import { apiUsage } from "../../db/stream/schema/api_usage.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import { authorize } from "../access/authorize.ts";
import { countMembers } from "../access/members.ts";
import { type AuditEntry, recentAudit } from "../audit/audit_log.ts";
import type { TenantContext } from "../context.ts";
import { addMonths, dayOf, startOfMonth } from "./days.ts";
import { ANALYTICS_READ } from "./permissions.ts";
import { measureStorage } from "./storage.ts";

const RECENT_ENTRIES = 8;

/** Figures of a tenant: `apiCalls` of this calendar month (UTC), `storageUsed` in bytes, `revenue` in cents. */
export type DashboardStats = {
  users: number;
  revenue: number;
  currency: "usd";
  apiCalls: number;
  storageUsed: number;
  projects: number;
};

export type Dashboard = { stats: DashboardStats; activity: AuditEntry[] };

/** Reads all data of the dashboard. Throws `forbidden`. */
export async function getDashboard(ctx: TenantContext): Promise<Dashboard> {
  authorize(ctx, ANALYTICS_READ);
  const month = monthOf(ctx.services.clock.now());
  const [users, storageUsed, [projectCounts, usage, activity]] = await Promise.all([
    countMembers(ctx),
    measureStorage(ctx),
    ctx.read((tx) => [countProjects(tx), sumCalls(tx, month), recentAudit(tx, { limit: RECENT_ENTRIES })]),
  ]);
  const stats: DashboardStats = {
    users,
    // Payments by the tenant. Always 0, because nothing is for sale yet.
    revenue: 0,
    currency: "usd",
    apiCalls: usage[0]!.calls,
    storageUsed,
    projects: projectCounts[0]!.projects,
  };
  return { stats, activity };
}

const countProjects = prepareQuery((db) => db.select({ projects: count() }).from(projects));

/** With both ends of the month, Postgres reads only the month's partition. */
const sumCalls = prepareQuery((db) =>
  db.select({ calls: sql<number>`coalesce(sum(${apiUsage.calls}), 0)::float8` }).from(apiUsage)
    .where(and(gte(apiUsage.day, sql.placeholder("start")), lt(apiUsage.day, sql.placeholder("end"))))
);

function monthOf(now: Date): { start: string; end: string } {
  const start = startOfMonth(dayOf(now).slice(0, 7));
  return { start: dayOf(start), end: dayOf(addMonths(start, 1)) };
}
