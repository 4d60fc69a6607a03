import { type Context, Hono } from "hono";
import { systemActor } from "../../src/access/actor.ts";
import { countOpening, followLink } from "../../src/campaigns/engagement.ts";
import { openArchive } from "../../src/campaigns/preview.ts";
import { type TenantContext, tenantContext } from "../../src/context.ts";
import { withLinksInNewTabs } from "../../views/framed_html.ts";
import type { TenantEnv } from "../http.ts";
import { emailPage } from "../framed_email.ts";

const PICTURE_ENDING = ".gif";
/** A transparent GIF of one pixel. */
const PICTURE = Uint8Array.fromBase64("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

/** `/c/:token`: the links in campaigns' emails, and the picture that counts opening. The token stands for the recipient. */
export const campaignLinks = new Hono<TenantEnv>();

campaignLinks.get("/:token", async (c) => {
  const token = c.req.param("token");
  if (!token.endsWith(PICTURE_ENDING)) {
    return c.redirect(await followLink(contextOf(c), token, visitOf(c)), 302);
  }
  await countOpening(contextOf(c), token.slice(0, -PICTURE_ENDING.length), visitOf(c));
  c.header("Cross-Origin-Resource-Policy", "cross-origin");
  return c.body(PICTURE, 200, { "Content-Type": "image/gif" });
});

/** `/campaigns/:id/archive/:token`: a campaign as a public page, if someone turned it on. */
export const campaignArchive = new Hono<TenantEnv>();

campaignArchive.get("/:token", async (c) => {
  const { html } = await openArchive(contextOf(c), c.req.param("id")!, c.req.param("token"));
  c.header("X-Robots-Tag", "noindex");
  return emailPage(c, withLinksInNewTabs(html));
});

function contextOf(c: Context<TenantEnv>): TenantContext {
  const { ipAddress } = c.get("device");
  const actor = systemActor("Campaign link");
  return tenantContext(c.get("services"), c.get("tenant"), actor, c.get("requestId"), ipAddress);
}

function visitOf(c: Context<TenantEnv>) {
  return { method: c.req.method, userAgent: c.get("device").userAgent ?? "" };
}
