import type { Wording } from "../platform/wording.ts";
import type { Cents } from "./money.ts";
import { PLAN_NAMES } from "./plan_names.ts";

/** All plans, from the smallest to the largest. */
export const PLANS = ["starter", "team", "premium", "enterprise"] as const;
export type PlanKey = typeof PLANS[number];

/**
 * What a version of a plan costs and includes. Null stands for a price by agreement, or no limit. Features declare their own
 * limits.
 */
export type Plan = {
  key: PlanKey;
  /** Counts from 1. */
  version: number;
  name: Wording;
  monthlyPrice: Cents | null;
  yearlyPrice: Cents | null;
  /** What a price is for: the whole workspace, or each of its members. */
  pricing: "flat" | "per_seat";
  /** The length of the free trial, or 0 without one. */
  trialDays: number;
  apiCallsAMonth: number | null;
  apiRequestsAMinute: number;
};

/**
 * Every version of every plan. Add a version to change a plan, and leave the old ones as they are: customers who bought a version keep
 * its price and its limits.
 */
export const PLAN_VERSIONS: readonly Plan[] = [
  {
    key: "starter",
    version: 1,
    name: PLAN_NAMES.starter,
    monthlyPrice: 0,
    yearlyPrice: 0,
    pricing: "flat",
    trialDays: 0,
    apiCallsAMonth: 10_000,
    apiRequestsAMinute: 60,
  },
  {
    key: "team",
    version: 1,
    name: PLAN_NAMES.team,
    monthlyPrice: 29_00,
    yearlyPrice: 290_00,
    pricing: "flat",
    trialDays: 14,
    apiCallsAMonth: 500_000,
    apiRequestsAMinute: 600,
  },
  {
    key: "premium",
    version: 1,
    name: PLAN_NAMES.premium,
    monthlyPrice: 99_00,
    yearlyPrice: 990_00,
    pricing: "flat",
    trialDays: 14,
    apiCallsAMonth: null,
    apiRequestsAMinute: 3_000,
  },
  {
    key: "enterprise",
    version: 1,
    name: PLAN_NAMES.enterprise,
    monthlyPrice: null,
    yearlyPrice: null,
    pricing: "flat",
    trialDays: 0,
    apiCallsAMonth: null,
    apiRequestsAMinute: 12_000,
  },
];

/** A value for each plan. A key such as `team@1` keeps that of a version that was sold before. */
export type ByPlan<Value> =
  & Readonly<Record<PlanKey, Value>>
  & { readonly [Version in `${PlanKey}@${number}`]?: Value };

/** The value for a version of a plan. */
export function ofVersion<Value>(values: ByPlan<Value>, plan: PlanKey, version: number): Value {
  const kept = values[`${plan}@${version}`];
  return kept === undefined ? values[plan] : kept;
}

const NEWEST = Object.fromEntries(PLAN_VERSIONS.map((plan) => [plan.key, plan])) as Record<PlanKey, Plan>;

/** The newest version of each plan, from the smallest to the largest. */
export const PLAN_LIST: readonly Plan[] = PLANS.map((key) => NEWEST[key]);

/** A version of a plan; the newest one without `version`. Throws a `RangeError` if no such version was ever sold. */
export function planOf(key: PlanKey, version?: number): Plan {
  if (version === undefined) return NEWEST[key];
  const plan = PLAN_VERSIONS.find((plan) => plan.key === key && plan.version === version);
  if (!plan) throw new RangeError(`src/billing/plans.ts has no version ${version} of the plan "${key}".`);
  return plan;
}
