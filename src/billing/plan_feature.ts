import { type Wording, wording } from "../platform/wording.ts";
import type { PlanKey } from "./plans.ts";

/** Something that only some plans include. */
export type PlanFeature = {
  /** The API's name, such as `audit_log`. */
  readonly key: string;
  /** Its name for people, such as "Audit log". */
  readonly label: Wording;
  /** The smallest plan that includes it. */
  readonly from: PlanKey;
};

/** Declares something that the plan `from` and all larger ones include. A feature lists it in its `feature.ts`. */
export function planFeature(key: string, { label, from }: { label: string; from: PlanKey }): PlanFeature {
  return { key, label: wording(`plan_feature.${key}`, label), from };
}
