import type { PlanKey } from "../billing/plans.ts";

/** How many members each plan includes. Null means any number. */
export const SEATS: Readonly<Record<PlanKey, number | null>> = {
  starter: 3,
  team: 15,
  premium: 100,
  enterprise: null,
};
