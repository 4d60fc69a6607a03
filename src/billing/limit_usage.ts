import { limitCounters } from "../../db/tenant/schema/billing.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import type { TenantContext } from "../context.ts";
import { eq } from "drizzle-orm";
import { includedIn, includedOf } from "./entitlements.ts";
import { counterOf, type Limit } from "./limit.ts";
import { type PlanKey, planOf } from "./plans.ts";

/** How much of a limit is in use. `included` is null if there is no limit. */
export type LimitUsage = { limit: Limit; used: number; included: number | null };

/** Every limit of the tenant's plan, and how much of it is in use. After a downgrade, `used` may exceed `included`. */
export async function listLimitUsage(ctx: TenantContext): Promise<LimitUsage[]> {
  const now = ctx.services.clock.now();
  const [[counters], members] = await Promise.all([
    ctx.read((tx) => [tx.select().from(limitCounters)]),
    ctx.system.control.$count(memberships, eq(memberships.tenantId, ctx.tenant.id)),
  ]);
  const reserved = new Map(counters!.map(({ limit, used }) => [limit, used]));
  return ctx.services.limits.map((limit) => ({
    limit,
    used: limit.counted === "members" ? members : reserved.get(counterOf(limit, now)) ?? 0,
    included: includedOf(ctx.tenant, limit, now),
  }));
}

/** The limits that the tenant would exceed on another plan. */
export function exceededOn(plan: PlanKey, usage: readonly LimitUsage[]): LimitUsage[] {
  return usage.map(({ limit, used }) => ({
    limit,
    used,
    included: includedIn(limit, plan, planOf(plan).version),
  }))
    .filter(({ limit, used, included }) =>
      limit.counted !== "monthly" && included !== null && used > included
    );
}
