import type { TenantContext } from "../context.ts";
import { featureNotInPlan } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import { type Wording, wording } from "../platform/wording.ts";
import { type PlanKey, planOf, PLANS } from "./plans.ts";

const NOT_IN_YOUR_PLAN = problem(
  "feature_not_in_plan",
  "“{feature}” is included in the {plan} plan and above.",
);

/** Something that only some plans include. */
export type PlanFeature = {
  /** The API's name, such as `audit_log`. */
  readonly key: string;
  /** Its name for people, such as "Audit log". */
  readonly label: Wording;
  /** The smallest plan that includes it. */
  readonly from: PlanKey;
};

/** Declares something that the plan `from` and all larger ones include. A feature lists it in its `feature.ts`. */
export function planFeature(key: string, { label, from }: { label: string; from: PlanKey }): PlanFeature {
  return { key, label: wording(`plan_feature.${key}`, label), from };
}

/** Whether the plan includes it. Use it to decide what to show. `requireFeature` protects the action itself. */
export function includes(plan: PlanKey, { from }: PlanFeature): boolean {
  return PLANS.indexOf(plan) >= PLANS.indexOf(from);
}

/** Throws `feature_not_in_plan` unless the tenant's plan includes it. Plans don't limit the product itself, such as its CLI. */
export function requireFeature({ tenant, actor }: TenantContext, feature: PlanFeature): void {
  if (actor.type === "system" || includes(tenant.plan, feature)) return;
  throw featureNotInPlan(NOT_IN_YOUR_PLAN.with({ feature: feature.label, plan: planOf(feature.from).name }));
}
