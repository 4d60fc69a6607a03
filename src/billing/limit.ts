import { type Wording, wording } from "../platform/wording.ts";
import type { ByPlan } from "./plans.ts";

/** A limit on the number of things that a tenant may have. */
export type Limit = {
  /** The API's name for the things, a plural noun such as `projects`. */
  readonly name: string;
  /** The singular and plural noun in messages. */
  readonly nouns: { readonly one: Wording; readonly several: Wording };
  /** The maximum in each plan, or null if the plan is unlimited. */
  readonly included: ByPlan<number | null>;
  /** Where the things are counted: by `reserve`, by `reserve` from zero in each month (UTC), or as the tenant's members. */
  readonly counted: "reserved" | "monthly" | "members";
};

/** The name of the limit's counter at `now`. */
export function counterOf({ name, counted }: Pick<Limit, "name" | "counted">, now: Date): string {
  return counted === "monthly" ? `${name} ${now.toISOString().slice(0, "2026-11".length)}` : name;
}

/** Declares a limit. A feature lists its limits in its `feature.ts`. */
export function limit(
  name: string,
  { nouns: { one, several }, included, counted = "reserved" }: Pick<Limit, "included"> & {
    nouns: { one: string; several: string };
    counted?: Limit["counted"];
  },
): Limit {
  const nouns = {
    one: wording(`limit.${name}.one`, one),
    several: wording(`limit.${name}.several`, several),
  };
  return { name, nouns, included, counted };
}
