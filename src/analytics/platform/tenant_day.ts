import { and, asc, count, eq, gte, isNotNull, lt, sql } from "drizzle-orm";
import { type StoredEndpoint, tenantDays } from "../../../db/control/schema/tenant_days.ts";
import { apiRequestCounts } from "../../../db/stream/schema/api_requests.ts";
import { auditLog } from "../../../db/tenant/schema/audit.ts";
import { authorize } from "../../access/authorize.ts";
import type { TenantContext } from "../../context.ts";
import { after, DAY } from "../../platform/clock.ts";
import { startOfDay } from "../days.ts";
import { ANALYTICS_READ } from "../permissions.ts";

/**
 * Records what the tenant did on `day` (UTC) for the platform's analytics, and replaces what was recorded before. Does nothing until the
 * day is over. Throws `forbidden`.
 */
export async function recordTenantDay(ctx: TenantContext, day: string): Promise<void> {
  authorize(ctx, ANALYTICS_READ);
  const start = startOfDay(day);
  const end = after(start, DAY);
  if (end > ctx.services.clock.now()) return;
  const { method, endpoint, bucket, calls, errors } = apiRequestCounts;
  const [counts, [lines]] = await ctx.read((tx) => [
    tx.select({
      method,
      endpoint,
      bucket,
      calls: sql`sum(${calls})`.mapWith(Number),
      errors: sql`sum(${errors})`.mapWith(Number),
    }).from(apiRequestCounts).where(eq(apiRequestCounts.day, day))
      .groupBy(method, endpoint, bucket).orderBy(asc(method), asc(endpoint), asc(bucket)),
    tx.select({ changes: count() }).from(auditLog)
      .where(and(isNotNull(auditLog.actorId), gte(auditLog.at, start), lt(auditLog.at, end))),
  ]);
  const endpoints = endpointsOf(counts);
  const figures = {
    changes: lines!.changes,
    calls: sum(counts, "calls"),
    errors: sum(counts, "errors"),
    endpoints,
  };
  if (figures.changes + figures.calls === 0) return;
  await ctx.system.control.insert(tenantDays).values({ day, tenantId: ctx.tenant.id, ...figures })
    .onConflictDoUpdate({ target: [tenantDays.day, tenantDays.tenantId], set: figures });
}

type Count = { method: string; endpoint: string; bucket: number; calls: number; errors: number };

function endpointsOf(counts: readonly Count[]): StoredEndpoint[] {
  const byEndpoint = Map.groupBy(counts, ({ method, endpoint }) => `${method} ${endpoint}`);
  return [...byEndpoint.values()].map((ofEndpoint) => ({
    method: ofEndpoint[0]!.method,
    endpoint: ofEndpoint[0]!.endpoint,
    calls: sum(ofEndpoint, "calls"),
    errors: sum(ofEndpoint, "errors"),
    latency: ofEndpoint.map(({ bucket, calls }) => [bucket, calls]),
  }));
}

function sum(counts: readonly Count[], figure: "calls" | "errors"): number {
  return counts.reduce((total, each) => total + each[figure], 0);
}
