import { and, eq, gte, lt, sql } from "drizzle-orm";
import type { ControlDb } from "../../../db/connection/connect.ts";
import type { ControlTx } from "../../../db/connection/with_tenant.ts";
import { usageHours } from "../../../db/control/schema/billing.ts";
import type { TenantId } from "../../tenancy/tenant.ts";
import type { Period } from "../calendar.ts";

/** What a tenant used of a metric in a period. An hour belongs to the period in which it starts. */
export async function totalOf(
  control: ControlDb | ControlTx,
  tenantId: TenantId,
  metric: string,
  { start, end }: Period,
): Promise<number> {
  const { tenantId: of, metric: which, hour, total } = usageHours;
  const [row] = await control.select({
    total: sql<number>`coalesce(sum(${total}), 0)::bigint`.mapWith(Number),
  })
    .from(usageHours)
    .where(and(eq(of, tenantId), eq(which, metric), gte(hour, start), lt(hour, end)));
  return row!.total;
}
