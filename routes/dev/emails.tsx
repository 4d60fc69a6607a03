import { type Context, Hono } from "hono";
import type { Email } from "../../src/email/email.ts";
import { renderSample, sampleInInbox } from "../../src/email/sample.ts";
import { notFound } from "../../src/errors.ts";
import { FEATURES } from "../../src/feature_list.ts";
import { problem } from "../../src/platform/problem.ts";
import { EmailPreviewPage, PREVIEWS } from "../../views/pages/emails/email_preview_page.tsx";
import { EmailsPage, emailTitle } from "../../views/pages/emails/emails_page.tsx";
import { emailsText } from "../../views/pages/emails/text.ts";
import { type HttpEnv, nonceOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { pagePolicy } from "../middleware/security_headers.ts";
import { page } from "../page.tsx";
import { framedEmail } from "../framed_email.ts";

const EMAIL_NOT_FOUND = problem("email_kind_not_found", "This email was not found.");

const EMAILS = FEATURES.flatMap(({ emails }) => emails);

/** Previews of every email that the product sends, with sample data. */
export const emailPages = new Hono<HttpEnv>();

emailPages.get("/emails", async (c) => {
  const emails = EMAILS.map((email) => ({ name: email.name, ...sampleInInbox(email) }));
  const { title } = emailsText.of(localeOf(c));
  return await page(c, { title, wide: true, body: <EmailsPage emails={emails} /> });
});

emailPages.get("/emails/:name", async (c) => {
  const email = emailOf(c);
  const rendered = await renderSample(email);
  const preview = PREVIEWS.find((known) => known === c.req.query("preview")) ?? "desktop";
  const policy = pagePolicy(c.get("services").config.appUrl)(nonceOf(c));
  c.header("Content-Security-Policy", `${policy}; frame-src 'self'`);
  const body = <EmailPreviewPage name={email.name} email={rendered} preview={preview} />;
  return await page(c, { title: emailTitle(email.name), wide: true, body });
});

emailPages.get("/emails/:name/html", async (c) => {
  const { html } = await renderSample(emailOf(c));
  return framedEmail(c, inScheme(html, c.req.query("scheme")));
});

/** The email as readers see it who prefer light or dark. Without a scheme, the browser's own preference counts. */
function inScheme(html: string, scheme: string | undefined): string {
  const condition = { light: "not all", dark: "all" }[scheme ?? ""];
  return condition ? html.replaceAll("@media (prefers-color-scheme:dark)", `@media ${condition}`) : html;
}

function emailOf(c: Context<HttpEnv>): Email {
  const email = EMAILS.find(({ name }) => name === c.req.param("name"));
  if (!email) throw notFound(EMAIL_NOT_FOUND);
  return email;
}
