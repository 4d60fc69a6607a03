import { z } from "zod";
import { authorize } from "../access/authorize.ts";
import { requireFeature } from "../billing/plan_features.ts";
import type { TenantContext } from "../context.ts";
import { conflict, invalid } from "../errors.ts";
import { newId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import type { Delivery } from "./delivery_rows.ts";
import { lockEndpoint } from "./endpoint_rows.ts";
import { findEventType, TEST_EVENT } from "./event_filter.ts";
import { addDeliveries } from "./fan_out.ts";
import { WEBHOOKS, WEBHOOKS_MANAGE } from "./permissions.ts";

export const EVENT_UNKNOWN = problem("webhook_event_unknown", "This event doesn't exist.");
const TEST_ENDPOINT_OFF = problem("webhook_test_off", "Turn on the webhook before you send a test event.");

/** What a test event sends. */
export const TEST_DATA = { message: "This is a test event." };

/** The event whose sample to send. */
export const testEvent = z.object({ event: z.string().default(TEST_EVENT) });

/**
 * Sends a test event to one endpoint, whatever its filter: `webhook.test`, or another event with the data of its sample. Throws
 * `not_found`, `invalid`, `conflict` if the endpoint is turned off, or `feature_not_in_plan`.
 */
export async function sendTestEvent(
  ctx: TenantContext,
  endpointId: string,
  { event: type }: z.output<typeof testEvent>,
): Promise<Delivery> {
  authorize(ctx, WEBHOOKS_MANAGE);
  requireFeature(ctx, WEBHOOKS);
  const data = type === TEST_EVENT ? TEST_DATA : findEventType(ctx.services, type)?.sample;
  if (!data) throw invalid({ event: EVENT_UNKNOWN });
  return await ctx.system.tx(async (tx) => {
    const endpoint = await lockEndpoint(tx, ctx.tenant.id, endpointId);
    if (endpoint.status !== "active") throw conflict(TEST_ENDPOINT_OFF);
    const at = ctx.services.clock.now().toISOString();
    const [delivery] = await addDeliveries(ctx, tx, { id: newId(), type, at, data }, [endpoint]);
    return delivery!;
  });
}
