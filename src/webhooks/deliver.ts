import { and, eq, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { ControlDb } from "../../db/connection/connect.ts";
import { webhookDeliveries, webhookEndpoints } from "../../db/control/schema/webhooks.ts";
import { isEntitled } from "../billing/plan_features.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { job, tenantOf } from "../outbox/job.ts";
import { after, SECOND } from "../platform/clock.ts";
import { ATTEMPT_JOB, enqueueAttempts } from "./attempt_queue.ts";
import { DELIVERY_BATCHES } from "./delivery_batches.ts";
import type { Work } from "./delivery_rows.ts";
import { type EndpointRow, openHeaders, signingSecrets } from "./endpoint_rows.ts";
import { WEBHOOKS } from "./permissions.ts";
import { type Attempt, recordAttempt } from "./record_attempt.ts";
import { send } from "./send.ts";
import { sign } from "./signature.ts";
import { RESOLVER } from "./target.ts";

/** How much earlier than its turn an attempt may be sent, because the one before started late. */
const TOLERANCE = 100;

/** One attempt to deliver an event to an endpoint. If it fails, it enqueues the next. */
export const DELIVER = job(ATTEMPT_JOB.name, {
  ...ATTEMPT_JOB,
  run: async (run, { deliveryId, attempt, hasSlot }) => {
    const ctx = tenantOf(run);
    const work = await findWork(ctx, deliveryId, attempt);
    if (!work) return;
    if (work.endpoint.status === "disabled" || !isEntitled(ctx, WEBHOOKS)) {
      return await skip(ctx, work);
    }
    const pause = await findPause(ctx.system, work.endpoint, hasSlot);
    if (pause > 0) return await waitForSlot(ctx, work, { attempt, pause });
    await recordAttempt(ctx, work, await attemptNow(ctx, work, attempt));
  },
});

/** Null if the delivery ended, was deleted, is at another attempt, or is another tenant's. */
async function findWork(
  { services, tenant }: TenantContext,
  id: string,
  attempt: number,
): Promise<Work | null> {
  const work = await services.use(DELIVERY_BATCHES).work.call(id);
  if (work?.delivery.tenantId !== tenant.id || work.delivery.status !== "pending") return null;
  return work.delivery.attempts === attempt - 1 ? work : null;
}

async function skip({ system, services }: TenantContext, { delivery }: Work): Promise<void> {
  await system.control.update(webhookDeliveries)
    .set({ status: "skipped", nextAttemptAt: null, endedAt: services.clock.now() })
    .where(and(eq(webhookDeliveries.id, delivery.id), eq(webhookDeliveries.status, "pending")));
  services.metrics.webhookDelivered("skipped");
}

/**
 * Milliseconds until the attempt may be sent. An attempt waits for a slot, and if many start late and together, those beyond the
 * limit take new slots.
 */
async function findPause(
  { control, services: { clock } }: SystemContext,
  { id, rateLimit }: EndpointRow,
  hasSlot: boolean,
): Promise<number> {
  if (rateLimit === null) return 0;
  const turn = { id, now: clock.now(), interval: SECOND / rateLimit };
  const pause = hasSlot ? 0 : await takeSlot(control, turn);
  if (pause > 0 || await claimSend(control, turn)) return pause;
  return await takeSlot(control, turn);
}

type Turn = { id: string; now: Date; interval: number };

/** Takes the endpoint's next free slot. Returns the milliseconds until it. */
async function takeSlot(control: ControlDb, { id, now, interval }: Turn): Promise<number> {
  const { nextSlotAt, pacedUntil } = webhookEndpoints;
  const [row] = await control.update(webhookEndpoints)
    .set({ nextSlotAt: later(interval, now, nextSlotAt, pacedUntil) })
    .where(eq(webhookEndpoints.id, id)).returning({ nextSlotAt });
  return row ? Math.max(0, Math.round(row.nextSlotAt!.getTime() - interval - now.getTime())) : 0;
}

/**
 * Counts an attempt as sent, unless the limit is used up (GCRA). A second's worth may be sent at once, because jobs become due in
 * polls a second apart. If nothing was sent for an interval, the attempt may always be sent.
 */
async function claimSend(control: ControlDb, { id, now, interval }: Turn): Promise<boolean> {
  const { pacedUntil } = webhookEndpoints;
  const isDue = lte(pacedUntil, after(now, SECOND - interval + TOLERANCE));
  const claimed = await control.update(webhookEndpoints).set({ pacedUntil: later(interval, now, pacedUntil) })
    .where(and(eq(webhookEndpoints.id, id), or(isNull(pacedUntil), isDue))).returning({
      id: webhookEndpoints.id,
    });
  return claimed.length > 0;
}

/** An interval after the latest of these times. */
function later(interval: number, now: Date, ...times: PgColumn[]): SQL {
  return sql`greatest(${now.toISOString()}::timestamptz, ${
    sql.join(times, sql`, `)
  }) + ${interval} * interval '1 millisecond'`;
}

async function waitForSlot(
  { system, tenant }: TenantContext,
  { delivery }: Work,
  { attempt, pause }: { attempt: number; pause: number },
): Promise<void> {
  await system.tx((tx) =>
    enqueueAttempts(system, tx, tenant.id, [{ delivery, attempt, hasSlot: true, delay: pause }])
  );
}

/** Signs the body for this attempt and sends it. */
async function attemptNow(
  { services }: TenantContext,
  { delivery, endpoint, body }: Work,
  number: number,
): Promise<Attempt> {
  const at = services.clock.now();
  const timestamp = Math.floor(at.getTime() / SECOND);
  const signature = sign({ id: delivery.eventId, timestamp, body }, signingSecrets(services, endpoint, at));
  const own = { "webhook-id": delivery.eventId, "webhook-timestamp": String(timestamp) };
  const custom = openHeaders(services, endpoint);
  const headers = { ...custom, ...own, "webhook-signature": signature };
  const rules = { allowLoopback: services.config.webhooksAllowPrivate, ...services.use(RESOLVER) };
  const sent = await send({ url: endpoint.url, headers, body }, rules);
  const shownHeaders = { ...own, ...hidden(custom) };
  return { number, at, sent, requestHeaders: shownHeaders };
}

/** Their values may be credentials of the receiver. */
function hidden(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.keys(headers).map((name) => [name, "••••"]));
}
