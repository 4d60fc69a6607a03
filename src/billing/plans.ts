/** All plans, from the smallest to the largest. */
export const PLANS = ["starter", "team", "premium", "enterprise"] as const;
export type PlanKey = typeof PLANS[number];

/** What a plan costs and includes. Null stands for a price by agreement, or no limit. Features declare their own limits. */
export type Plan = {
  key: PlanKey;
  name: string;
  /** In US cents. */
  monthlyPrice: number | null;
  apiCallsAMonth: number | null;
  apiRequestsAMinute: number;
};

export const PLAN_LIST: readonly Plan[] = [
  {
    key: "starter",
    name: "Starter",
    monthlyPrice: 0,
    apiCallsAMonth: 10_000,
    apiRequestsAMinute: 60,
  },
  {
    key: "team",
    name: "Team",
    monthlyPrice: 29_00,
    apiCallsAMonth: 500_000,
    apiRequestsAMinute: 600,
  },
  {
    key: "premium",
    name: "Premium",
    monthlyPrice: 99_00,
    apiCallsAMonth: null,
    apiRequestsAMinute: 3_000,
  },
  {
    key: "enterprise",
    name: "Enterprise",
    monthlyPrice: null,
    apiCallsAMonth: null,
    apiRequestsAMinute: 12_000,
  },
];
