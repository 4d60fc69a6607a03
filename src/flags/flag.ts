import { type Wording, wording } from "../platform/wording.ts";

/** A part of the product that staff turn on and off without a deployment. */
export type Flag = {
  readonly name: string;
  /** What it switches. Only staff read it. */
  readonly description: Wording;
  /** Whether it is on until staff change it. */
  readonly default: boolean;
};

/** Declares a feature flag. A feature lists its flags in its `feature.ts`, and asks `isOn`. */
export function flag(
  name: string,
  { description, default: isOn }: { description: string; default: boolean },
): Flag {
  return { name, description: wording(`flag.${name}`, description), default: isOn };
}
