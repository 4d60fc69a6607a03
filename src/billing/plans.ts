/** What a tenant can be on, from the smallest plan to the largest. */
export const PLANS = ["starter", "team", "premium", "enterprise"] as const;
export type PlanKey = typeof PLANS[number];
