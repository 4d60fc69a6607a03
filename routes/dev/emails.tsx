import { type Context, Hono } from "hono";
import type { MessageName, RenderedEmail } from "../../src/email/messages.ts";
import { notFound } from "../../src/errors.ts";
import { renderEmail } from "../../views/emails/render.tsx";
import { MESSAGE_NAMES, SAMPLE_PROPS, sampleOptions } from "../../views/emails/samples.ts";
import { EmailPreviewPage, PREVIEWS } from "../../views/pages/email_preview_page.tsx";
import { EmailsPage, emailTitle } from "../../views/pages/emails_page.tsx";
import { type HttpEnv } from "../http.ts";
import { pagePolicy } from "../middleware/security_headers.ts";
import { page } from "../page.tsx";
import { framedEmail } from "./framed_email.ts";

/** Every message of the product with sample data, for those who build it. */
export const emailPages = new Hono<HttpEnv>();

emailPages.get("/emails", async (c) => {
  const emails = await Promise.all(MESSAGE_NAMES.map(async (name) => {
    const { subject } = await renderSample(name);
    return { name, subject };
  }));
  return await page(c, { title: "Email messages", wide: true, body: <EmailsPage emails={emails} /> });
});

emailPages.get("/emails/:name", async (c) => {
  const name = messageOf(c);
  const email = await renderSample(name);
  const preview = PREVIEWS.find((known) => known === c.req.query("preview")) ?? "desktop";
  const policy = pagePolicy(c.get("services").config.appUrl)(c.get("nonce"));
  c.header("Content-Security-Policy", `${policy}; frame-src 'self'`);
  const body = <EmailPreviewPage name={name} email={email} preview={preview} />;
  return await page(c, { title: emailTitle(name), wide: true, body });
});

emailPages.get("/emails/:name/html", async (c) => {
  const { html } = await renderSample(messageOf(c));
  return framedEmail(c, html);
});

function messageOf(c: Context<HttpEnv>): MessageName {
  const name = MESSAGE_NAMES.find((known) => known === c.req.param("name"));
  if (!name) throw notFound("This message");
  return name;
}

function renderSample<Name extends MessageName>(name: Name): Promise<RenderedEmail> {
  return renderEmail(name, SAMPLE_PROPS[name], sampleOptions(name));
}
