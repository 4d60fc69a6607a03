import type { TenantContext } from "../context.ts";
import { featureNotInPlan } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import { hasFeature } from "./entitlements.ts";
import type { PlanFeature } from "./plan_feature.ts";
import { type PlanKey, planOf, PLANS } from "./plans.ts";

const NOT_IN_YOUR_PLAN = problem(
  "feature_not_in_plan",
  "“{feature}” is included in the {plan} plan and above.",
);

/** Whether the plan includes it. What a tenant may use also depends on overrides: `isEntitled`. */
export function includes(plan: PlanKey, { from }: PlanFeature): boolean {
  return PLANS.indexOf(plan) >= PLANS.indexOf(from);
}

/** Whether the tenant may use it. Use it to decide what to show. `requireFeature` protects the action itself. */
export function isEntitled(
  { tenant, services }: Pick<TenantContext, "tenant" | "services">,
  feature: PlanFeature,
): boolean {
  return hasFeature(tenant, feature, services.clock.now());
}

/** Throws `feature_not_in_plan` unless the tenant's plan includes it. Plans don't limit the product itself, such as its CLI. */
export function requireFeature({ tenant, actor, services }: TenantContext, feature: PlanFeature): void {
  if (actor.type === "system" || hasFeature(tenant, feature, services.clock.now())) return;
  throw featureNotInPlan(NOT_IN_YOUR_PLAN.with({ feature: feature.label, plan: planOf(feature.from).name }));
}
