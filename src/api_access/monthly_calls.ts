import { and, gte, lt, sql } from "drizzle-orm";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { apiUsage } from "../../db/stream/schema/api_usage.ts";
import type { TenantContext } from "../context.ts";
import type { Period } from "../billing/calendar.ts";

/** The months for which calls are kept, beside the current one. */
export const MONTHS_OF_CALLS = 6;

/** The tenant's API calls between two days (UTC). Checks no permission. */
export async function countCalls(ctx: TenantContext, period: Period): Promise<number> {
  const [[row]] = await ctx.read((tx) => [callsIn(tx, period)]);
  return row!.calls;
}

/** With both ends, Postgres reads only the partitions of these days. */
function callsIn(tx: TenantTx, { start, end }: Period) {
  return tx.select({ calls: sql<number>`coalesce(sum(${apiUsage.calls}), 0)`.mapWith(Number) })
    .from(apiUsage).where(and(gte(apiUsage.day, dayOf(start)), lt(apiUsage.day, dayOf(end))));
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, "2026-11-28".length);
}
