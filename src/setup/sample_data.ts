import { can } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import type { Translate } from "../platform/wording.ts";
import type { SampleMark } from "./sample_mark.ts";

/** A feature's sample data: what a new workspace can look at before it has its own. */
export type SampleData = SampleMark & {
  /** Adds all of it in the actor's language, whatever the plan allows, or nothing if some exists. Returns the number of added things. */
  add(ctx: TenantContext, translate: Translate): Promise<number>;
  /** Removes only what `add` created and nobody has edited. Returns the number of removed things. */
  remove(ctx: TenantContext): Promise<number>;
};

/** Whether the actor may add and remove the sample data. */
export function canChangeSamples(ctx: TenantContext): boolean {
  const { samples } = ctx.services;
  return samples.length > 0 && samples.every(({ permission }) => can(ctx, permission));
}

/** Adds the sample data of every feature. Throws `forbidden`. */
export async function addSamples(
  ctx: TenantContext,
  samples: readonly SampleData[],
  translate: Translate,
): Promise<number> {
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
