import type { TenantContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import { FreshLoads } from "../platform/shared_loads.ts";
import { part } from "../ports.ts";
import { API_CALLS } from "./entitlements.ts";
import { type LimitUsage, listLimitUsage } from "./limit_usage.ts";
import { isEntitled } from "./plan_features.ts";
import { type MetricUsage, readUsage } from "./usage/read_usage.ts";

const FEATURE_UNKNOWN = problem("feature_unknown", "There is no feature, limit or metric with this name.");

/** Whether the tenant may use a feature, or one more of what a plan limits or meters. `limit` is null for any number. */
export type FeatureStatus = { feature: string; allowed: boolean; limit: number | null; used: number | null };

/**
 * The counts behind statuses that are being read. Those who come meanwhile share the next reading, so a status is never older than
 * the question.
 */
export const FEATURE_COUNTS = part("feature counts", () => ({
  limits: new FreshLoads<LimitUsage[]>(),
  metrics: new FreshLoads<MetricUsage[]>(),
}));

/** Every member may know what the plan allows. Throws `not_found` for an unknown key. */
export async function getFeatureStatus(ctx: TenantContext, key: string): Promise<FeatureStatus> {
  const { planFeatures, limits, meters } = ctx.services;
  const counts = ctx.services.use(FEATURE_COUNTS);
  const feature = planFeatures.find((each) => each.key === key);
  if (feature) return { feature: key, allowed: isEntitled(ctx, feature), limit: null, used: null };
  if (limits.some(({ name }) => name === key)) {
    const { used, included } = (await counts.limits.run(keyOf(ctx), () => listLimitUsage(ctx))).find((
      { limit },
    ) => limit.name === key)!;
    return { feature: key, allowed: included === null || used < included, limit: included, used };
  }
  const meter = meters.find((each) => each.key === key);
  if (!meter && key !== API_CALLS) throw notFound(FEATURE_UNKNOWN);
  const { total, limit, overagePrice } = (await counts.metrics.run(keyOf(ctx), () => readUsage(ctx, null)))
    .find((
      { metric },
    ) => metric === key)!;
  return {
    feature: key,
    allowed: overagePrice !== null || limit === null || total < limit,
    limit,
    used: total,
  };
}

/** Everything that the limits follow from, so callers with different plans share nothing. */
function keyOf({ tenant: { id, plan, planVersion, overrides } }: TenantContext): string {
  return JSON.stringify([id, plan, planVersion, overrides]);
}
