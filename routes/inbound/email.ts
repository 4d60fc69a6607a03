import { type Context, Hono } from "hono";
import { systemActor } from "../../src/access/actor.ts";
import { recordNotice } from "../../src/campaigns/engagement.ts";
import { systemContext } from "../../src/context.ts";
import { applyNotice, outcomeIn, readNotice } from "../../src/email/provider_notices.ts";
import { notFound } from "../../src/errors.ts";
import { problem } from "../../src/platform/problem.ts";
import type { HttpEnv } from "../http.ts";

export const ADDRESS_NOT_FOUND = problem("inbound_address_not_found", "This address was not found.");

/** Notices from email providers about the emails that we sent. Each has a signature and no cookie. */
export const emailNotices = new Hono<HttpEnv>();

emailNotices.post("/email", async (c) => {
  const { config } = c.get("services");
  if (!config.emailWebhookSecret) throw notFound(ADDRESS_NOT_FOUND);
  const notice = readNotice(config.emailWebhookSecret, signatureOf(c), await c.req.text());
  const ctx = systemContext(c.get("services"), systemActor("Email provider"), c.get("requestId"));
  await applyNotice(ctx, notice);
  const outcome = outcomeIn(notice);
  if (outcome) await recordNotice(ctx, outcome);
  return c.json({ received: true });
});

/** The headers of Standard Webhooks, under their standard names or the older names of Svix. */
export function signatureOf<Env extends HttpEnv>(c: Context<Env>) {
  const header = (name: string) => c.req.header(`webhook-${name}`) ?? c.req.header(`svix-${name}`) ?? "";
  return { id: header("id"), timestamp: header("timestamp"), signature: header("signature") };
}
