import { z } from "zod";
import type { SystemContext } from "../../context.ts";
import { forbidden } from "../../errors.ts";
import { networkOf } from "../../platform/address_ranges.ts";
import { problem } from "../../platform/problem.ts";
import { enforce } from "../../rate_limits/limiter.ts";
import type { Tenant } from "../../tenancy/tenant.ts";
import { type CheckedEvent, checkEvents, eventInput } from "../track/event_input.ts";
import { addEvents } from "../track/track.ts";
import {
  COLLECT_ADDRESS,
  COLLECT_EVENTS,
  COLLECT_NETWORK,
  COLLECT_WORKSPACE,
  COLLECTED_A_DAY,
} from "./limit.ts";
import { type AnalyticsSource, readSource } from "./source.ts";

const WEBSITE_UNKNOWN = problem("website_unknown", "This website isn't one of the workspace's websites.");
const PUBLISHABLE_KEY_UNKNOWN = problem("publishable_key_unknown", "This publishable key isn't valid.");

const MAX_EVENTS = 20;
/** An event with more letters in its properties counts as several. */
const LETTERS_OF_EVENT = 1_024;

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
  const network = networkOf(ctx.ipAddress ?? "unknown");
  await enforce(ctx, COLLECT_NETWORK, network);
  await enforce(ctx, COLLECT_ADDRESS, `${tenant.id} ${network}`);
  await enforce(ctx, COLLECT_WORKSPACE, tenant.id);
}

/**
 * Records what happened on a page of the workspace's website. Whoever reads the page's source can send the same, so these events
 * prove nothing. Stores neither the IP address nor the browser. Throws `forbidden` for another key, `invalid`, and `rate_limited`
 * for more than the plan allows in a day.
 */
export async function collect(
  ctx: SystemContext,
  { id: tenantId, plan }: Tenant,
  { publishableKey }: AnalyticsSource,
  { key, events: sent }: z.output<typeof collected>,
): Promise<void> {
  if (key !== publishableKey) throw forbidden(PUBLISHABLE_KEY_UNKNOWN);
  const now = ctx.services.clock.now();
  const events = checkEvents(sent, now, (index, name) => `events.${index}.${name}`);
  await enforce(ctx, COLLECT_EVENTS, tenantId, { cost: costOf(events), limit: COLLECTED_A_DAY[plan] });
  await ctx.tx((tx) => addEvents(tx, { tenantId, events, now }));
}

function costOf(events: readonly CheckedEvent[]): number {
  return events.reduce((sum, { properties }) => sum + Math.ceil(properties.length / LETTERS_OF_EVENT), 0);
}
