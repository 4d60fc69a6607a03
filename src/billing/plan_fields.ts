import { z } from "zod";
import { type PlanKey, PLANS } from "./plans.ts";

/** A form's checkboxes for plans, such as `plan_team`. */
export const planFields = Object.fromEntries(
  PLANS.map((plan) => [`plan_${plan}`, z.string().optional()]),
);

/** The plans that were checked in such a form. */
export function chosenPlans(fields: Record<string, unknown>): PlanKey[] {
  return PLANS.filter((plan) => fields[`plan_${plan}`] === "on");
}
