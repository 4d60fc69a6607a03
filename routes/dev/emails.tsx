import { type Context, Hono } from "hono";
import type { Email } from "../../src/email/email.ts";
import { renderSample } from "../../src/email/sample.ts";
import { notFound } from "../../src/errors.ts";
import { FEATURES } from "../../src/feature_list.ts";
import { problem } from "../../src/platform/problem.ts";
import { EmailPreviewPage, PREVIEWS } from "../../views/pages/email_preview_page.tsx";
import { EmailsPage, emailTitle } from "../../views/pages/emails_page.tsx";
import { type HttpEnv } from "../http.ts";
import { pagePolicy } from "../middleware/security_headers.ts";
import { page } from "../page.tsx";
import { framedEmail } from "./framed_email.ts";

const EMAIL_NOT_FOUND = problem("email_kind_not_found", "This email was not found.");

const EMAILS = FEATURES.flatMap(({ emails }) => emails);

/** Previews of every email that the product sends, with sample data. */
export const emailPages = new Hono<HttpEnv>();

emailPages.get("/emails", async (c) => {
  const emails = await Promise.all(EMAILS.map(async (email) => {
    const { subject } = await renderSample(email);
    return { name: email.name, subject };
  }));
  return await page(c, { title: "Emails", wide: true, body: <EmailsPage emails={emails} /> });
});

emailPages.get("/emails/:name", async (c) => {
  const email = emailOf(c);
  const rendered = await renderSample(email);
  const preview = PREVIEWS.find((known) => known === c.req.query("preview")) ?? "desktop";
  const policy = pagePolicy(c.get("services").config.appUrl)(c.get("nonce"));
  c.header("Content-Security-Policy", `${policy}; frame-src 'self'`);
  const body = <EmailPreviewPage name={email.name} email={rendered} preview={preview} />;
  return await page(c, { title: emailTitle(email.name), wide: true, body });
});

emailPages.get("/emails/:name/html", async (c) => {
  const { html } = await renderSample(emailOf(c));
  return framedEmail(c, html);
});

function emailOf(c: Context<HttpEnv>): Email {
  const email = EMAILS.find(({ name }) => name === c.req.param("name"));
  if (!email) throw notFound(EMAIL_NOT_FOUND);
  return email;
}
