import { can } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import { forbidden } from "../errors.ts";
import { flag } from "../flags/flag.ts";
import { isOn } from "../flags/flags.ts";
import { problem } from "../platform/problem.ts";
import type { Translate } from "../platform/wording.ts";
import type { SampleMark } from "./sample_mark.ts";

/** A feature's sample data: what a new workspace can look at before it has its own. */
export type SampleData = SampleMark & {
  /** Adds all of it in the actor's language, whatever the plan allows, or nothing if some exists. Returns the number of added things. */
  add(ctx: TenantContext, translate: Translate): Promise<number>;
  /** Removes only what `add` created and nobody has edited. Returns the number of removed things. */
  remove(ctx: TenantContext): Promise<number>;
};

const SAMPLES_OFF = problem("sample_data_off", "Sample data isn't available here.");

/** Off: nobody adds sample data. What exists can still be removed. */
export const SAMPLE_DATA = flag("sample_data", {
  description: "Let workspaces add sample data from their dashboard.",
  default: true,
});

/** Whether the actor may add and remove the sample data. */
export function canChangeSamples(ctx: TenantContext): boolean {
  const { samples } = ctx.services;
  return samples.length > 0 && samples.every(({ permission }) => can(ctx, permission));
}

/** Adds the sample data of every feature. Throws `forbidden`, also while the flag is off. */
export async function addSamples(
  ctx: TenantContext,
  samples: readonly SampleData[],
  translate: Translate,
): Promise<number> {
  if (!await isOn(ctx, SAMPLE_DATA)) throw forbidden(SAMPLES_OFF);
  let added = 0;
  for (const sample of samples) added += await sample.add(ctx, translate);
  return added;
}

/** Removes the sample data of every feature. Throws `forbidden`. */
export async function removeSamples(ctx: TenantContext, samples: readonly SampleData[]): Promise<number> {
  let removed = 0;
  for (const sample of samples) removed += await sample.remove(ctx);
  return removed;
}
