import { type Wording, wording } from "../platform/wording.ts";

/** All plans, from the smallest to the largest. */
export const PLANS = ["starter", "team", "premium", "enterprise"] as const;
export type PlanKey = typeof PLANS[number];

/** What a plan costs and includes. Null stands for a price by agreement, or no limit. Features declare their own limits. */
export type Plan = {
  key: PlanKey;
  name: Wording;
  /** In US cents. */
  monthlyPrice: number | null;
  apiCallsAMonth: number | null;
  apiRequestsAMinute: number;
};

export const PLAN_LIST: readonly Plan[] = [
  {
    key: "starter",
    name: wording("plan.starter", "Starter"),
    monthlyPrice: 0,
    apiCallsAMonth: 10_000,
    apiRequestsAMinute: 60,
  },
  {
    key: "team",
    name: wording("plan.team", "Team"),
    monthlyPrice: 29_00,
    apiCallsAMonth: 500_000,
    apiRequestsAMinute: 600,
  },
  {
    key: "premium",
    name: wording("plan.premium", "Premium"),
    monthlyPrice: 99_00,
    apiCallsAMonth: null,
    apiRequestsAMinute: 3_000,
  },
  {
    key: "enterprise",
    name: wording("plan.enterprise", "Enterprise"),
    monthlyPrice: null,
    apiCallsAMonth: null,
    apiRequestsAMinute: 12_000,
  },
];

const PLAN_OF = Object.fromEntries(PLAN_LIST.map((plan) => [plan.key, plan])) as Record<PlanKey, Plan>;

export function planOf(key: PlanKey): Plan {
  return PLAN_OF[key];
}
