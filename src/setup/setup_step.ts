import type { SQL } from "drizzle-orm";
import type { Permission } from "../access/permissions.ts";
import { type Wording, wording } from "../platform/wording.ts";

/** What the checklist knows about the workspace and the person. */
export type SetupFacts = { members: number; isEmailConfirmed: boolean; hasApiKey: boolean };

/** A step of the checklist on a new workspace's dashboard. */
export type SetupStep = {
  readonly name: string;
  readonly label: Wording;
  /** Steps with a lower position come first. */
  readonly position: number;
  /** The page where people take the step, or with `method`, the form that takes it. */
  readonly path: string;
  readonly method?: "post";
  /** Only people with the permission see the step. */
  readonly permission?: Permission;
  /** Whether the step is done: from the facts, or a condition on the tenant's tables. */
  readonly isDone: ((facts: SetupFacts) => boolean) | SQL<boolean>;
};

/** Declares a step. A feature lists its steps in its `feature.ts`. */
export function setupStep(
  name: string,
  { label, ...step }: Omit<SetupStep, "name" | "label"> & { label: string },
): SetupStep {
  return { name, label: wording(`setup.${name}`, label), ...step };
}
