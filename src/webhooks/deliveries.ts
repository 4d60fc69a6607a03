import { and, asc, eq, gt, gte, inArray, or, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import {
  DELIVERY_STATUSES,
  webhookDeliveries,
  webhookEndpoints,
  webhookEvents,
} from "../../db/control/schema/webhooks.ts";
import { webhookAttempts } from "../../db/stream/schema/webhook_attempts.ts";
import { authorize, authorizeReading } from "../access/authorize.ts";
import { requireFeature } from "../billing/plan_features.ts";
import type { TenantContext } from "../context.ts";
import { conflict, notFound } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { isId } from "../platform/ids.ts";
import { list, type ListQuery, type Page, type PlacedPage, readingFrom } from "../platform/list.ts";
import { equalFilter, momentFilter, oneOf } from "../platform/list_filters.ts";
import { momentKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";
import { enqueueAttempts } from "./attempt_queue.ts";
import { type Delivery, DELIVERY_NOT_FOUND, type DeliveryStatus, lockDelivery } from "./delivery_rows.ts";
import { type Endpoint, lockEndpoint, named, readEndpoint, toEndpoint } from "./endpoint_rows.ts";
import { WEBHOOK_REPLAYED } from "./events.ts";
import { WEBHOOKS, WEBHOOKS_MANAGE } from "./permissions.ts";

const ENDPOINT_OFF = problem("webhook_endpoint_off", "This webhook is turned off. Turn it on first.");
const ALREADY_QUEUED = problem("webhook_delivery_queued", "This event is already on its way.");
const EVENT_INVALID = problem("webhook_event_invalid", "Use an event such as project.created.");
const ENDPOINT_ID_INVALID = problem("webhook_endpoint_id_invalid", "Use an ID.");
const SINCE_INVALID = problem("webhook_since_invalid", "Use a time such as 2026-03-02T09:00:00Z.");

/** How many deliveries a replay queues in one transaction. */
const REPLAYED_AT_ONCE = 500;
const MAX_EVENT_LENGTH = 100;

export const DELIVERY_LIST = list("webhook deliveries", {
  select: (db) => db.select().from(webhookDeliveries),
  id: webhookDeliveries.id,
  sorts: { createdAt: momentKey(webhookDeliveries.createdAt) },
  defaultSort: "-createdAt",
  filters: {
    endpointId: equalFilter(z.uuid(ENDPOINT_ID_INVALID.code), webhookDeliveries.endpointId),
    status: equalFilter(oneOf(DELIVERY_STATUSES), webhookDeliveries.status),
    event: equalFilter(
      z.string().max(MAX_EVENT_LENGTH).regex(/^[a-z_]+\.[a-z_]+$/, EVENT_INVALID.code),
      webhookDeliveries.event,
    ),
    since: momentFilter(webhookDeliveries.createdAt, "since"),
    until: momentFilter(webhookDeliveries.createdAt, "until"),
  },
  scope: { tenant: (id) => eq(webhookDeliveries.tenantId, id) },
  count: (db, counts) => db.select(counts).from(webhookDeliveries),
  tabs: "status",
});

/** From when on to send an endpoint's events again. `failed` sends only those that nobody received. */
export const replay = z.object({
  since: z.iso.datetime({ offset: true, error: SINCE_INVALID.code }),
  only: z.enum(["all", "failed"]).default("all"),
});
export type Replay = z.output<typeof replay>;

/** An attempt to deliver, with what came back. */
export type DeliveryAttempt = Omit<typeof webhookAttempts.$inferSelect, "tenantId" | "deliveryId">;

/** A delivery with all that is known about it. */
export type DeliveryDetails = {
  delivery: Delivery;
  endpoint: Endpoint;
  body: string;
  attempts: DeliveryAttempt[];
};

/** A page of the tenant's deliveries, the newest first. Throws `invalid` for a cursor of another order or filter. */
export async function listDeliveries(
  ctx: TenantContext,
  query: ListQuery<typeof DELIVERY_LIST>,
): Promise<Page<Delivery>> {
  authorizeReading(ctx, WEBHOOKS_MANAGE);
  return await DELIVERY_LIST.page(ctx.system.control, query, { tenant: ctx.tenant.id });
}

/** Like `listDeliveries`, with the page's place in the list and the number of deliveries in each status. */
export async function browseDeliveries(
  ctx: TenantContext,
  query: ListQuery<typeof DELIVERY_LIST>,
): Promise<PlacedPage<Delivery, DeliveryStatus>> {
  authorizeReading(ctx, WEBHOOKS_MANAGE);
  return await DELIVERY_LIST.placedPage(readingFrom(ctx.system.control), query, { tenant: ctx.tenant.id });
}

/** A delivery, the body that was sent, and every attempt, the newest first. Throws `not_found`. */
export async function getDelivery(ctx: TenantContext, id: string): Promise<DeliveryDetails> {
  authorizeReading(ctx, WEBHOOKS_MANAGE);
  if (!isId(id)) throw notFound(DELIVERY_NOT_FOUND);
  const [row] = await ctx.system.control
    .select({ delivery: webhookDeliveries, endpoint: webhookEndpoints, body: webhookEvents.body })
    .from(webhookDeliveries)
    .innerJoin(webhookEndpoints, eq(webhookEndpoints.id, webhookDeliveries.endpointId))
    .innerJoin(webhookEvents, eq(webhookEvents.id, webhookDeliveries.eventId))
    .where(and(eq(webhookDeliveries.id, id), eq(webhookDeliveries.tenantId, ctx.tenant.id)));
  if (!row) throw notFound(DELIVERY_NOT_FOUND);
  return {
    ...row,
    endpoint: toEndpoint(ctx.services, row.endpoint),
    attempts: await attemptsOf(ctx, row.delivery),
  };
}

/** Sends one event to its endpoint again, with the same `webhook-id`. Throws `not_found`, `conflict`, or `feature_not_in_plan`. */
export async function resend(ctx: TenantContext, id: string): Promise<Delivery> {
  authorize(ctx, WEBHOOKS_MANAGE);
  requireFeature(ctx, WEBHOOKS);
  const { delivery: { endpointId } } = await getDelivery(ctx, id);
  return await ctx.system.tx(async (tx) => {
    await lockActive(ctx, tx, endpointId);
    const { status } = await lockDelivery(tx, ctx.tenant.id, id);
    if (status === "pending") throw conflict(ALREADY_QUEUED);
    const [queued] = await requeue(ctx, tx, eq(webhookDeliveries.id, id));
    return queued!;
  });
}

/**
 * Sends the events of one endpoint since a time again: all of them, or only those that failed or were skipped. Leaves alone what
 * is on its way. Returns how many. Throws `not_found`, `conflict` if the endpoint is turned off, or `feature_not_in_plan`.
 */
export async function replayEndpoint(
  ctx: TenantContext,
  endpointId: string,
  wanted: Replay,
): Promise<number> {
  authorize(ctx, WEBHOOKS_MANAGE);
  requireFeature(ctx, WEBHOOKS);
  await readEndpoint(ctx.system.control, ctx.tenant.id, endpointId);
  let [queued, last] = [0, undefined as Delivery | undefined];
  try {
    do {
      const part = await replayPart(ctx, endpointId, wanted, last);
      queued += part.length;
      last = part.length === REPLAYED_AT_ONCE ? part.at(-1) : undefined;
    } while (last);
  } finally {
    if (queued > 0) await reportReplay(ctx, endpointId, { since: wanted.since, deliveries: queued });
  }
  return queued;
}

async function replayPart(
  ctx: TenantContext,
  endpointId: string,
  { since, only }: Replay,
  last: Delivery | undefined,
): Promise<Delivery[]> {
  const { id, createdAt, status } = webhookDeliveries;
  const isAfterLast = last &&
    or(gt(createdAt, last.createdAt), and(eq(createdAt, last.createdAt), gt(id, last.id)));
  const statuses: DeliveryStatus[] = only === "failed"
    ? ["failed", "skipped"]
    : ["delivered", "failed", "skipped"];
  return await ctx.system.tx(async (tx) => {
    await lockActive(ctx, tx, endpointId);
    const part = await tx.select().from(webhookDeliveries).where(and(
      eq(webhookDeliveries.endpointId, endpointId),
      gte(createdAt, new Date(since)),
      inArray(status, statuses),
      isAfterLast,
    )).orderBy(asc(createdAt), asc(id)).limit(REPLAYED_AT_ONCE).for("update");
    if (part.length > 0) await requeue(ctx, tx, inArray(id, part.map((each) => each.id)));
    return part;
  });
}

/** Starts a new series of attempts. Attempts keep their numbers. */
async function requeue(ctx: TenantContext, tx: ControlTx, which: SQL): Promise<Delivery[]> {
  const queued = await tx.update(webhookDeliveries).set({
    status: "pending",
    seriesStart: sql`${webhookDeliveries.attempts}`,
    nextAttemptAt: ctx.services.clock.now(),
    endedAt: null,
  }).where(which).returning();
  const next = queued.map((delivery) => ({ delivery, attempt: delivery.attempts + 1 }));
  await enqueueAttempts(ctx.system, tx, ctx.tenant.id, next);
  return queued;
}

async function lockActive({ tenant }: TenantContext, tx: ControlTx, endpointId: string): Promise<void> {
  const { status } = await lockEndpoint(tx, tenant.id, endpointId);
  if (status !== "active") throw conflict(ENDPOINT_OFF);
}

async function reportReplay(ctx: TenantContext, id: string, details: Record<string, unknown>): Promise<void> {
  const { system, services, tenant } = ctx;
  await system.tx(async (tx) => {
    const after = named(services, await lockEndpoint(tx, tenant.id, id));
    await publish(system, tx, WEBHOOK_REPLAYED, { after, details, schema: tenant.schemaName });
  });
}

/** Names the period, so that Postgres reads few partitions. */
async function attemptsOf(ctx: TenantContext, { id, createdAt }: Delivery): Promise<DeliveryAttempt[]> {
  const { tenantId: _tenant, deliveryId, ...columns } = webhookAttempts;
  const [attempts] = await ctx.read((tx) => [
    tx.select({
      number: columns.number,
      at: columns.at,
      durationMs: columns.durationMs,
      requestHeaders: columns.requestHeaders,
      responseStatus: columns.responseStatus,
      responseHeaders: columns.responseHeaders,
      responseBody: columns.responseBody,
      error: columns.error,
    }).from(webhookAttempts).where(and(eq(deliveryId, id), gte(columns.at, createdAt)))
      .orderBy(sql`${columns.number} desc`),
  ]);
  return attempts;
}
