import { eq } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { webhookDeliveries, webhookEndpoints, webhookEvents } from "../../db/control/schema/webhooks.ts";
import { isEntitled } from "../billing/plan_features.ts";
import type { TenantContext } from "../context.ts";
import { FAN_OUT, type PublishedEvent, publishedEvent } from "../events/fan_out.ts";
import { job, tenantOf } from "../outbox/job.ts";
import { PermanentFailure } from "../outbox/job_outcomes.ts";
import { newId } from "../platform/ids.ts";
import { enqueueAttempts } from "./attempt_queue.ts";
import type { Delivery } from "./delivery_rows.ts";
import type { EndpointRow } from "./endpoint_rows.ts";
import { findEventType, matches } from "./event_filter.ts";
import { WEBHOOKS } from "./permissions.ts";

/**
 * Makes an event the deliveries of every endpoint whose filter includes it. The job's id is the event's, so a repeated job adds
 * nothing. A tenant's own SQL can enqueue it, for that tenant only, and only with data that fits the event's schema.
 */
export const FAN_OUT_EVENT = job(FAN_OUT.name, {
  queue: FAN_OUT.queue,
  byTenants: true,
  payload: publishedEvent,
  run: async (run, event) => {
    const ctx = tenantOf(run);
    const data = findEventType(ctx.services, event.type)?.schema.safeParse(event.data);
    if (!data?.success) throw new PermanentFailure(`No event ${event.type} has this data.`);
    await ctx.system.tx((tx) => fanOut(ctx, tx, run.id, { ...event, data: data.data }));
  },
});

async function fanOut(ctx: TenantContext, tx: ControlTx, id: string, event: PublishedEvent): Promise<void> {
  const endpoints = await tx.select().from(webhookEndpoints)
    .where(eq(webhookEndpoints.tenantId, ctx.tenant.id)).for("key share");
  const listening = endpoints.filter(({ events }) => matches(events, event.type));
  if (listening.length > 0) await addDeliveries(ctx, tx, { id, ...event }, listening);
}

/**
 * Stores an event with its exact bytes, and one delivery for each endpoint. Deliveries to endpoints that are turned off are
 * skipped, and all of them without the plan. Returns the deliveries that are new.
 */
export async function addDeliveries(
  ctx: TenantContext,
  tx: ControlTx,
  { id, type, at, data }: PublishedEvent & { id: string },
  endpoints: EndpointRow[],
): Promise<Delivery[]> {
  const { system, services, tenant } = ctx;
  const now = services.clock.now();
  const isIncluded = isEntitled(ctx, WEBHOOKS);
  const body = JSON.stringify({ type, timestamp: at, data });
  await tx.insert(webhookEvents).values({ id, tenantId: tenant.id, type, body, createdAt: now })
    .onConflictDoNothing();
  const rows = endpoints.map(({ id: endpointId, status }) => ({
    id: newId(),
    tenantId: tenant.id,
    endpointId,
    eventId: id,
    event: type,
    ...(isIncluded && status === "active"
      ? { status: "pending" as const, nextAttemptAt: now }
      : { status: "skipped" as const, endedAt: now }),
    createdAt: now,
  }));
  const added = await tx.insert(webhookDeliveries).values(rows).onConflictDoNothing().returning();
  const pending = added.filter(({ status }) => status === "pending");
  await enqueueAttempts(system, tx, tenant.id, pending.map((delivery) => ({ delivery, attempt: 1 })));
  return added;
}
