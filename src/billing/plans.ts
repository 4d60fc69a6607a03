/** All plans, from the smallest to the largest. */
export const PLANS = ["starter", "team", "premium", "enterprise"] as const;
export type PlanKey = typeof PLANS[number];
