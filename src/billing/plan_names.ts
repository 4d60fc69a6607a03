import { type Wording, wording } from "../platform/wording.ts";

/** What people call each plan, in all of its versions. */
export const PLAN_NAMES = {
  starter: wording("plan.starter", "Starter"),
  team: wording("plan.team", "Team"),
  premium: wording("plan.premium", "Premium"),
  enterprise: wording("plan.enterprise", "Enterprise"),
} satisfies Record<string, Wording>;
