import { includes } from "../src/billing/plan_features.ts";
import { ofVersion, PLAN_LIST, PLANS } from "../src/billing/plans.ts";
import { FEATURES } from "../src/feature_list.ts";
import type { PlanSummary } from "../views/pages/pricing/plan_summary.ts";

const LIMITS = FEATURES.flatMap(({ limits }) => limits);
const METERS = FEATURES.flatMap(({ meters }) => meters);

/** Those of the smaller plans first. */
const PLAN_FEATURES = FEATURES.flatMap(({ planFeatures }) => planFeatures)
  .toSorted((one, other) => PLANS.indexOf(one.from) - PLANS.indexOf(other.from));

/** The plans with what each feature limits and meters, and the features that each includes. */
export const PLAN_SUMMARIES: readonly PlanSummary[] = PLAN_LIST.map((plan) => ({
  ...plan,
  limits: LIMITS.map(({ nouns, included }) => ({
    things: nouns.several,
    included: ofVersion(included, plan.key, plan.version),
  })),
  meters: METERS.map(({ label, allowances }) => ({
    label,
    ...ofVersion(allowances, plan.key, plan.version),
  })),
  features: PLAN_FEATURES.map((feature) => ({
    label: feature.label,
    isIncluded: includes(plan.key, feature),
  })),
}));
