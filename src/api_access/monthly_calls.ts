import type { PlanKey } from "../billing/plans.ts";

/** How many API calls a month each plan includes. Null means any number. */
export const MONTHLY_API_CALLS: Readonly<Record<PlanKey, number | null>> = {
  starter: 10_000,
  team: 500_000,
  premium: null,
  enterprise: null,
};
