import type { Services } from "../ports.ts";
import { includes } from "./plan_features.ts";
import { ofVersion, type Plan, PLAN_LIST, type PlanKey } from "./plans.ts";

/** A plan with all that features declare of it. Prices are in US cents, and null by agreement. Null in `limits` is any number. */
export type ListedPlan = {
  key: PlanKey;
  version: number;
  name: string;
  priceMonthly: number | null;
  priceYearly: number | null;
  currency: "usd";
  trialDays: number;
  limits: Record<string, number | null>;
  features: string[];
};

/** The plans that are sold, from the smallest to the largest. */
export function listPlans(services: Pick<Services, "limits" | "planFeatures" | "meters">): ListedPlan[] {
  return PLAN_LIST.map((plan) => ({
    key: plan.key,
    version: plan.version,
    name: plan.name.english,
    priceMonthly: plan.monthlyPrice,
    priceYearly: plan.yearlyPrice,
    currency: "usd",
    trialDays: plan.trialDays,
    limits: limitsOf(services, plan),
    features: services.planFeatures.filter((feature) => includes(plan.key, feature)).map(({ key }) => key),
  }));
}

function limitsOf({ limits, meters }: Pick<Services, "limits" | "meters">, plan: Plan) {
  return Object.fromEntries([
    ...limits.map(({ name, included }) => [name, ofVersion(included, plan.key, plan.version)]),
    ["api_calls", plan.apiCallsAMonth],
    ["api_requests_per_minute", plan.apiRequestsAMinute],
    ...meters.map(({ key, allowances }) => [key, ofVersion(allowances, plan.key, plan.version).included]),
  ]);
}
