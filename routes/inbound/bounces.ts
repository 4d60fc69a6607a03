import { Hono } from "hono";
import { systemActor } from "../../src/access/actor.ts";
import { receiveBounce } from "../../src/bounces/bounces.ts";
import { requireSignature } from "../../src/bounces/signature.ts";
import { systemContext } from "../../src/context.ts";
import { notFound } from "../../src/errors.ts";
import type { HttpEnv } from "../http.ts";
import { acceptBody, MEGABYTE } from "../middleware/body.ts";
import { ADDRESS_NOT_FOUND, signatureOf } from "./email.ts";

/** Emails that came to our return addresses, as the installation's mail server passes them on: raw, and signed. */
export const bounces = new Hono<HttpEnv>();

bounces.post("/bounces", acceptBody({ kind: "stream", maxBytes: MEGABYTE }), async (c) => {
  const services = c.get("services");
  const { emailReturnHost, emailWebhookSecret } = services.config;
  if (!emailReturnHost || !emailWebhookSecret) throw notFound(ADDRESS_NOT_FOUND);
  const raw = new Uint8Array(await c.req.arrayBuffer());
  requireSignature(emailWebhookSecret, signatureOf(c), raw, services.clock);
  await receiveBounce(systemContext(services, systemActor("Mail server"), c.get("requestId")), raw);
  return c.json({ received: true });
});
