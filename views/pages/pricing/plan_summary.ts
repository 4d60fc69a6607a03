import type { Plan } from "../../../src/billing/plans.ts";
import type { Wording } from "../../../src/platform/wording.ts";

/** A plan, how many things of each kind it includes (null: no limit), and which of the features that only some plans have. */
export type PlanSummary = Plan & {
  limits: readonly { things: Wording; included: number | null }[];
  features: readonly { label: Wording; isIncluded: boolean }[];
};
