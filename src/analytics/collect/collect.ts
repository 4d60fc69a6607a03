import { z } from "zod";
import type { SystemContext } from "../../context.ts";
import { forbidden } from "../../errors.ts";
import { networkOf } from "../../platform/address_ranges.ts";
import { problem } from "../../platform/problem.ts";
import { enforce } from "../../rate_limits/limiter.ts";
import type { Tenant } from "../../tenancy/tenant.ts";
import { checkEvents, eventInput } from "../track/event_input.ts";
import { addEvents } from "../track/track.ts";
import { COLLECT_ADDRESS, COLLECT_WORKSPACE } from "./limit.ts";
import { type AnalyticsSource, readSource } from "./source.ts";

const WEBSITE_UNKNOWN = problem("website_unknown", "This website isn't one of the workspace's websites.");
const PUBLISHABLE_KEY_UNKNOWN = problem("publishable_key_unknown", "This publishable key isn't valid.");

const MAX_EVENTS = 20;

/** What a page sends: its key, and what happened on it. */
export const collected = z.object({ key: z.string(), events: z.array(eventInput).min(1).max(MAX_EVENTS) });

/** The source of the tenant if pages of this origin may send. Throws `forbidden`. */
export async function admitWebsite(
  { control }: SystemContext,
  tenant: Tenant,
  origin: string | undefined,
): Promise<AnalyticsSource> {
  const source = await readSource(control, tenant.id);
  if (!source || origin === undefined || !source.origins.includes(origin)) throw forbidden(WEBSITE_UNKNOWN);
  return source;
}

/** Counts a page's call toward the limits. Throws `rate_limited`. */
export async function countCollecting(ctx: SystemContext, tenant: Tenant): Promise<void> {
  await enforce(ctx, COLLECT_ADDRESS, networkOf(ctx.ipAddress ?? "unknown"));
  await enforce(ctx, COLLECT_WORKSPACE, tenant.id);
}

/**
 * Records what happened on a page of the workspace's website. Whoever reads the page's source can send the same, so these events prove
 * nothing. Stores neither the IP address nor the browser. Throws `forbidden` for another key, and `invalid`.
 */
export async function collect(
  { services, tx }: SystemContext,
  { tenantId, publishableKey }: AnalyticsSource,
  { key, events: sent }: z.output<typeof collected>,
): Promise<void> {
  if (key !== publishableKey) throw forbidden(PUBLISHABLE_KEY_UNKNOWN);
  const now = services.clock.now();
  const events = checkEvents(sent, now, (index, name) => `events.${index}.${name}`);
  await tx((each) => addEvents(each, { tenantId, events, now }));
}
