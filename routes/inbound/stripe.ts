import { Hono } from "hono";
import { systemActor } from "../../src/access/actor.ts";
import { GATEWAY } from "../../src/billing/gateway/open.ts";
import { keepUnknown, receiveEvent } from "../../src/billing/intake.ts";
import { systemContext } from "../../src/context.ts";
import { badRequest } from "../../src/errors.ts";
import { logOf } from "../../src/platform/log.ts";
import { problem } from "../../src/platform/problem.ts";
import type { HttpEnv } from "../http.ts";

const EVENT_REFUSED = problem("gateway_event_refused", "The event was refused: {reason}");
const WRONG_MODE = problem("gateway_event_mode", "This installation takes no events of this mode.");

const log = logOf("billing");

/** The events of the payment gateway, which signs each. Stripe's header is `Stripe-Signature`. */
export const gatewayEvents = new Hono<HttpEnv>();

gatewayEvents.post("/stripe", async (c) => {
  const services = c.get("services");
  const gateway = services.use(GATEWAY);
  const body = new Uint8Array(await c.req.arrayBuffer());
  const verified = await gateway.verifyEvent(body, c.req.header("Stripe-Signature"));
  if (verified.verdict === "invalid") throw badRequest(EVENT_REFUSED.with({ reason: verified.reason }));
  const text = new TextDecoder().decode(body);
  if (verified.verdict === "unknown") {
    log.warn("an event of the gateway was not understood", { reason: verified.reason });
    await keepUnknown(
      systemContext(services, systemActor("Payment gateway"), c.get("requestId")),
      gateway.name,
      text,
    );
    return c.json({ received: true });
  }
  if (verified.event.isLive !== gateway.isLive) {
    log.error("an event of the other mode was refused", { type: verified.event.type });
    throw badRequest(WRONG_MODE);
  }
  await receiveEvent(services, gateway.name, verified.event, text);
  return c.json({ received: true });
});
