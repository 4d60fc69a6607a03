import { eq } from "drizzle-orm";
import { z } from "zod";
import { pushSubscriptions } from "../../db/control/schema/web_push.ts";
import type { TenantContext } from "../context.ts";
import { job, tenantOf } from "../outbox/job.ts";
import { RetryLater } from "../outbox/job_outcomes.ts";
import { DAY, HOUR, SECOND } from "../platform/clock.ts";
import { logOf } from "../platform/log.ts";
import { tenantUrl } from "../tenancy/tenant.ts";
import { readRetryAfter } from "../webhooks/retry_schedule.ts";
import { type Answer, send, type Sent } from "../webhooks/send.ts";
import { RESOLVER } from "../webhooks/target.ts";
import { contentOf, openMessage, topicOf } from "./message.ts";
import { findReachable, type SubscriptionRow } from "./reachable.ts";
import { VAPID } from "./vapid.ts";

/** For how long a push service keeps a message for a browser that is offline. */
const KEPT_FOR = DAY;
const LONGEST_RETRY_AFTER = 4 * HOUR;

const GONE = [404, 410];
const TOO_MANY_REQUESTS = 429;
/** What a later attempt may get past. Any other failure is the endpoint's own. */
const TEMPORARY_FAILURES = ["name_not_found", "timed_out", "connection_failed", "tls_failed"];

const log = logOf("web push");

/** One message to one browser. Sends nothing if the browser has moved to someone else meanwhile. */
export const DELIVER_PUSH = job("web_push.deliver", {
  queue: "webhooks",
  payload: z.object({ subscriptionId: z.uuid(), message: z.string(), until: z.iso.datetime() }),
  run: async (run, { subscriptionId, message, until }) => {
    const ctx = tenantOf(run);
    if (ctx.services.clock.now() >= new Date(until)) return;
    const isMeant = eq(pushSubscriptions.id, subscriptionId);
    const [subscription] = await findReachable(ctx, ctx.system.control, isMeant);
    if (!subscription) return;
    await settle(ctx, subscription, await sendTo(ctx, subscription, message));
  },
});

/** Encrypts for the browser (RFC 8291), signs for its push service (RFC 8292), and posts (RFC 8030). */
async function sendTo(
  { services, tenant }: TenantContext,
  { endpoint, p256dh, auth, tenantId }: SubscriptionRow,
  sealed: string,
): Promise<Sent> {
  const { config } = services;
  const message = openMessage(services, sealed);
  const content = contentOf(message, tenantId ? null : tenantUrl(config.appUrl, tenant));
  const { default: webPush } = await import("web-push");
  const { headers, body } = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, content, {
    vapidDetails: { subject: config.securityContact, ...await services.use(VAPID).current() },
    TTL: KEPT_FOR / SECOND,
    topic: topicOf(tenant.id, message.tag),
  });
  const outgoing = {
    url: endpoint,
    headers: {
      authorization: headers.Authorization!,
      "content-encoding": headers["Content-Encoding"]!,
      ttl: String(headers.TTL),
      topic: headers.Topic!,
      urgency: headers.Urgency!,
    },
    body: body!,
    contentType: "application/octet-stream",
    userAgent: "Denizen-Push",
  };
  return await send(outgoing, { allowLoopback: config.webhooksAllowPrivate, ...services.use(RESOLVER) });
}

/** Remembers a success, or deletes a browser that is gone. Throws if a later attempt may succeed. */
async function settle(ctx: TenantContext, { id }: SubscriptionRow, { answer, failure }: Sent): Promise<void> {
  const { control } = ctx.system;
  const isMeant = eq(pushSubscriptions.id, id);
  if (answer && isSuccess(answer)) {
    await control.update(pushSubscriptions).set({ lastSuccessAt: ctx.services.clock.now() }).where(isMeant);
    return;
  }
  const reason = answer ? `status ${answer.status}` : failure!;
  const properties = { tenantId: ctx.tenant.id, subscriptionId: id, reason };
  if (answer ? isTemporary(answer) : TEMPORARY_FAILURES.includes(reason)) {
    throw tryAgain(`The push service failed: ${reason}.`, answer, ctx.services.clock.now());
  }
  if (answer && !GONE.includes(answer.status)) return log.warn("push message refused", properties);
  await control.delete(pushSubscriptions).where(isMeant);
  log.info("push subscription ended", properties);
}

function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

function isTemporary({ status }: Answer): boolean {
  return status === TOO_MANY_REQUESTS || status >= 500;
}

function tryAgain(message: string, answer: Answer | null, now: Date): Error {
  const wanted = readRetryAfter(answer?.headers["retry-after"], now);
  return wanted === null
    ? new Error(message)
    : new RetryLater(message, Math.min(wanted, LONGEST_RETRY_AFTER));
}
