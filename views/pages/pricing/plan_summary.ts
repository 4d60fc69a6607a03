import type { Plan } from "../../../src/billing/plans.ts";
import type { Wording } from "../../../src/platform/wording.ts";

/** A plan, and how many things of each kind it includes: what features limit. Null stands for no limit. */
export type PlanSummary = Plan & { limits: readonly { things: Wording; included: number | null }[] };
