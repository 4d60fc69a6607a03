import type { Cents } from "../../../src/billing/money.ts";
import type { Plan } from "../../../src/billing/plans.ts";
import type { Wording } from "../../../src/platform/wording.ts";

/**
 * A plan, how many things of each kind it includes (null: no limit), what it includes of each metric and what a further unit costs, and
 * which of the features that only some plans have.
 */
export type PlanSummary = Plan & {
  limits: readonly { things: Wording; included: number | null }[];
  meters: readonly { label: Wording; included: number | null; overage?: Cents }[];
  features: readonly { label: Wording; isIncluded: boolean }[];
};
