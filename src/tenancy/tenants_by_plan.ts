import { count, ne } from "drizzle-orm";
import type { Database } from "../../db/connection/connect.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { PlanKey } from "../billing/plans.ts";

/** The number of tenants on each plan, without tenants that are being deleted. */
export async function countTenantsByPlan({ control }: Database): Promise<Record<PlanKey, number>> {
  const rows = await control.select({ plan: tenants.plan, tenants: count() }).from(tenants)
    .where(ne(tenants.status, "deleting")).groupBy(tenants.plan);
  const counted = Object.fromEntries(rows.map(({ plan, tenants }) => [plan, tenants]));
  return { starter: 0, team: 0, premium: 0, enterprise: 0, ...counted };
}
