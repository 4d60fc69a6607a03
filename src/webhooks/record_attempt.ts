import { and, eq, sql } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { webhookDeliveries } from "../../db/control/schema/webhooks.ts";
import type { TenantContext } from "../context.ts";
import { after } from "../platform/clock.ts";
import { enqueueAttempts } from "./attempt_queue.ts";
import { DELIVERY_BATCHES } from "./delivery_batches.ts";
import type { Delivery, Work } from "./delivery_rows.ts";
import { lockFailing, recordFailure, recordSuccess } from "./endpoint_health.ts";
import { nextPause } from "./retry_schedule.ts";
import type { Sent } from "./send.ts";

/** An attempt that has ended. `requestHeaders` are those that people may see. */
export type Attempt = { number: number; at: Date; sent: Sent; requestHeaders: Record<string, string> };

const GONE = 410;

/**
 * Records an attempt, in one transaction: the attempt itself, what becomes of the delivery, the endpoint's health, and the next
 * attempt. Does nothing if another process recorded this attempt, or the delivery has ended meanwhile.
 */
export async function recordAttempt(ctx: TenantContext, work: Work, attempt: Attempt): Promise<void> {
  const error = errorOf(attempt.sent);
  const pause = error ? pauseAfter(work, attempt, ctx.services.clock.now()) : null;
  const status = !error ? "delivered" as const : pause === null ? "failed" as const : "pending" as const;
  const isUsual = !error && !work.endpoint.failingSince;
  const isRecorded = (isUsual && await recordDelivered(ctx, work, attempt)) ||
    await ctx.system.tx((tx) => record(ctx, tx, work, { ...attempt, error, pause, status }));
  if (isRecorded) ctx.services.metrics.webhookDelivered(status === "pending" ? "retried" : status);
}

/** The usual case, together with other deliveries: accepted, by an endpoint that works. Returns whether it was recorded. */
async function recordDelivered(
  { services, tenant }: TenantContext,
  { delivery }: Work,
  attempt: Attempt,
): Promise<boolean> {
  return await services.use(DELIVERY_BATCHES).accepted.call({
    id: delivery.id,
    number: attempt.number,
    responseStatus: attempt.sent.answer!.status,
    at: services.clock.now(),
    attempt: rowOf(tenant.id, delivery, attempt, null),
  });
}

/** What an attempt leads to. `pause` is the time until the next one, in milliseconds. */
type Outcome = Attempt & { error: string | null; pause: number | null; status: Delivery["status"] };

async function record(ctx: TenantContext, tx: ControlTx, work: Work, outcome: Outcome): Promise<boolean> {
  const { system, services, tenant } = ctx;
  const { number, sent, error, pause, status } = outcome;
  const now = services.clock.now();
  // The endpoint comes before its deliveries, as when it is turned off. Otherwise both could wait for each other.
  const endpoint = error
    ? await lockFailing(tx, work.endpoint.id)
    : await recordSuccess(tx, work.endpoint.id);
  const [delivery] = await tx.update(webhookDeliveries).set({
    status,
    attempts: number,
    nextAttemptAt: pause === null ? null : after(now, pause),
    responseStatus: sent.answer?.status ?? null,
    error,
    endedAt: status === "pending" ? null : now,
  }).where(isAt(work.delivery, number - 1)).returning();
  if (!delivery) return false;
  const row = JSON.stringify(rowOf(tenant.id, delivery, outcome, error));
  await tx.execute(sql`select stream.add_webhook_attempt(${row}::jsonb)`);
  if (pause !== null) {
    await enqueueAttempts(system, tx, tenant.id, [{ delivery, attempt: number + 1, delay: pause }]);
  }
  // The receiver at an address that was replaced meanwhile says nothing about the new one.
  if (endpoint && endpoint.url === work.endpoint.url) {
    await recordFailure(ctx, tx, endpoint, { isGone: isGone(outcome), isLast: pause === null });
  }
  return true;
}

/** Null after the last attempt of the series, or if the receiver wants nothing more. */
function pauseAfter({ delivery }: Work, attempt: Attempt, now: Date): number | null {
  if (isGone(attempt)) return null;
  const retryAfter = attempt.sent.answer?.headers["retry-after"];
  return nextPause(attempt.number - delivery.seriesStart, { retryAfter, now });
}

/** Why an attempt failed, in a word. Null for a status from 200 to 299. */
function errorOf({ answer, failure }: Sent): string | null {
  if (!answer) return failure;
  if (answer.status >= 200 && answer.status < 300) return null;
  return answer.status >= 300 && answer.status < 400 ? "redirected" : "refused";
}

function isGone({ sent }: Attempt): boolean {
  return sent.answer?.status === GONE;
}

function isAt({ id }: Delivery, attempts: number) {
  return and(
    eq(webhookDeliveries.id, id),
    eq(webhookDeliveries.status, "pending"),
    eq(webhookDeliveries.attempts, attempts),
  );
}

/** The row in `stream.webhook_attempts`. */
function rowOf(
  tenantId: string,
  { id }: Delivery,
  { number, at, sent: { answer, milliseconds }, requestHeaders }: Attempt,
  error: string | null,
) {
  return {
    tenant_id: tenantId,
    delivery_id: id,
    number,
    at,
    duration_ms: milliseconds,
    request_headers: requestHeaders,
    response_status: answer?.status ?? null,
    response_headers: answer && storableHeaders(answer.headers),
    response_body: answer && storable(answer.body),
    error,
  };
}

/** Postgres stores neither NUL nor half a surrogate pair. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "");
}

function storableHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, storable(value)]));
}
