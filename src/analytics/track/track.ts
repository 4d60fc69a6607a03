import { sql } from "drizzle-orm";
import type { ControlTx } from "../../../db/connection/with_tenant.ts";
import type { TenantId } from "../../../db/ids.ts";
import { authorize } from "../../access/authorize.ts";
import type { TenantContext } from "../../context.ts";
import { parseInput } from "../../platform/input.ts";
import { ANALYTICS_WRITE } from "../permissions.ts";
import { type CheckedEvent, checkEvents, eventBatch, type EventInput } from "./event_input.ts";

/** What the product's own code records: `trackEvent(ctx, { event: "report.opened", userId: ctx.actor.id })`. */
export type TrackedEvent = Omit<EventInput, "occurredAt"> & { occurredAt?: Date };

/** How many events are new. Repeated ones count once. */
export type Recorded = { recorded: number };

/**
 * Records something that happened in the product. It needs no permission, because the code that calls it has checked what the actor may
 * do. Call it outside of a transaction. A change that others should hear of publishes an event instead, which is recorded as well.
 */
export async function trackEvent(ctx: TenantContext, event: TrackedEvent): Promise<Recorded> {
  return await trackEvents(ctx, [event]);
}

/** Records up to 1,000 events with one statement: all, or none. Throws `invalid`. */
export async function trackEvents(ctx: TenantContext, events: readonly TrackedEvent[]): Promise<Recorded> {
  const sent = events.map(({ occurredAt, ...event }) => ({
    ...event,
    occurredAt: occurredAt?.toISOString(),
  }));
  return await record(ctx, parseInput(eventBatch, { events: sent }).events, fieldInBatch);
}

/** Records the event that a program sent. Throws `forbidden`, and `invalid` for a time out of range. */
export async function recordEvent(ctx: TenantContext, event: EventInput): Promise<Recorded> {
  authorize(ctx, ANALYTICS_WRITE);
  return await record(ctx, [event], (_, name) => name);
}

/** Records the events that a program sent: all, or none. Throws `forbidden`, and `invalid` that names the events by their index. */
export async function recordEvents(
  ctx: TenantContext,
  { events }: { events: readonly EventInput[] },
): Promise<Recorded> {
  authorize(ctx, ANALYTICS_WRITE);
  return await record(ctx, events, fieldInBatch);
}

/** Adds checked events in one statement. Adds none for a tenant that is being deleted, whose deletion waits for this transaction. */
export async function addEvents(
  tx: ControlTx,
  { tenantId, events, now }: { tenantId: TenantId; events: readonly CheckedEvent[]; now: Date },
): Promise<number> {
  const [row] = await tx.execute<{ recorded: number }>(sql`
    select stream.add_analytics_events(tenant.id, ${now.toISOString()}::timestamptz, ${
    jsonOf(events)
  }::jsonb) as recorded
    from (select id from control.tenants where id = ${tenantId}::uuid for key share) tenant`);
  return row?.recorded ?? 0;
}

async function record(
  { services, system, tenant }: TenantContext,
  sent: readonly EventInput[],
  fieldOf: (index: number, name: keyof EventInput) => string,
): Promise<Recorded> {
  const now = services.clock.now();
  const events = checkEvents(sent, now, fieldOf);
  return await system.tx(async (tx) => ({
    recorded: await addEvents(tx, { tenantId: tenant.id, events, now }),
  }));
}

function fieldInBatch(index: number, name: keyof EventInput): string {
  return `events.${index}.${name}`;
}

/** The events for `stream.add_analytics_events`. Their properties are JSON already. */
function jsonOf(events: readonly CheckedEvent[]): string {
  const rows = events.map(({ id, isGiven, event, userId, properties, occurredAt }) => {
    const row = JSON.stringify({ id, is_given: isGiven, event, user_id: userId, occurred_at: occurredAt });
    return `${row.slice(0, -1)},"properties":${properties}}`;
  });
  return `[${rows.join(",")}]`;
}
