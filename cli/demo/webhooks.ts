import type { TenantContext } from "../../src/context.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import type { Services } from "../../src/ports.ts";
import { readEndpoint } from "../../src/webhooks/endpoint_rows.ts";
import { createEndpoint, type NewEndpoint, newEndpoint } from "../../src/webhooks/endpoints.ts";
import { eventTypes } from "../../src/webhooks/event_filter.ts";
import { addDeliveries } from "../../src/webhooks/fan_out.ts";
import { recordAttempt } from "../../src/webhooks/record_attempt.ts";
import { RESOLVER } from "../../src/webhooks/target.ts";

/** What a receiver that people see in pictures answers. */
type Answered = { status: number; body?: string };

/**
 * Two webhooks of a company with a few deliveries: one that works, and one whose receiver is down. Returns the ids of the failing
 * webhook and of one of its deliveries. No name is resolved, and nothing is sent.
 */
export async function addWebhookPages(
  ctx: TenantContext,
): Promise<{ endpointId: string; deliveryId: string }> {
  resolveNothing(ctx.services);
  const warehouse = await addWebhook(ctx, "https://hooks.warehouse.example/denizen", {
    description: "Updates the warehouse board",
    events: ["project.*", "member.joined"],
    headers: { Authorization: "Bearer example" },
  });
  const finance = await addWebhook(ctx, "https://erp.finance.example/events/denizen", { rateLimit: 5 });
  const samples = eventTypes(ctx.services);
  let deliveryId = "";
  for (const [index, { type, sample: data }] of samples.entries()) {
    await pretend(ctx, warehouse.id, { type, data }, [{ status: 200, body: '{"received":true}' }]);
    const isDown = index >= samples.length - 3;
    const down = { status: 503, body: "Service Unavailable" };
    deliveryId = await pretend(
      ctx,
      finance.id,
      { type, data },
      isDown ? [down, down] : [{ status: 204 }],
    );
  }
  return { endpointId: finance.id, deliveryId };
}

/** In this process, every name resolves to an address on the internet. */
export function resolveNothing({ use }: Pick<Services, "use">): void {
  use(RESOLVER).resolve = () => Promise.resolve(["93.184.215.14"]);
}

async function addWebhook(ctx: TenantContext, url: string, input: Partial<NewEndpoint>) {
  return await createEndpoint(ctx, newEndpoint.parse({ url, events: ["*"], ...input }));
}

/** Records a delivery of an event as if the receiver had answered each attempt like this. */
async function pretend(
  ctx: TenantContext,
  endpointId: string,
  event: { type: string; data: Record<string, unknown> },
  answers: Answered[],
): Promise<string> {
  const now = ctx.services.clock.now();
  const endpoint = await readEndpoint(ctx.system.control, ctx.tenant.id, endpointId);
  const [delivery] = await ctx.system.tx((tx) =>
    addDeliveries(ctx, tx, { id: newId(), at: now.toISOString(), ...event }, [endpoint])
  );
  for (const [index, { status, body = "" }] of answers.entries()) {
    const headers = { "content-type": body.startsWith("{") ? "application/json" : "text/plain" };
    const sent = { answer: { status, headers, body }, failure: null, milliseconds: 87 + 41 * index };
    const requestHeaders = {
      "webhook-id": delivery!.eventId,
      "webhook-timestamp": String(now.getTime() / SECOND | 0),
    };
    const work = { delivery: { ...delivery!, attempts: index }, endpoint, body: "" };
    await recordAttempt(ctx, work, { number: index + 1, at: now, sent, requestHeaders });
  }
  return delivery!.id;
}
