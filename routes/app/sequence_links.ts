import { Hono } from "hono";
import { systemActor } from "../../src/access/actor.ts";
import { tenantContext } from "../../src/context.ts";
import { followSequenceLink } from "../../src/sequences/links.ts";
import type { TenantEnv } from "../http.ts";

/** `/s/:token`: the links in the emails of sequences. The token stands for the email and the target. */
export const sequenceLinks = new Hono<TenantEnv>();

sequenceLinks.get("/:token", async (c) => {
  const { ipAddress, userAgent = "" } = c.get("device");
  const actor = systemActor("Sequence link");
  const ctx = tenantContext(c.get("services"), c.get("tenant"), actor, c.get("requestId"), ipAddress);
  const visit = { method: c.req.method, userAgent };
  return c.redirect(await followSequenceLink(ctx, c.req.param("token"), visit), 302);
});
