import { type Context, Hono } from "hono";
import { EMAIL_TRANSPORT } from "../../src/email/deliver.ts";
import {
  emptyMailbox,
  getMailboxMessage,
  linksOf,
  listMailbox,
  MAILBOX_LIST,
  type MailboxMessage,
} from "../../src/email/mailbox.ts";
import { withLinksInNewTabs } from "../../views/framed_html.ts";
import { MailboxMessagePage } from "../../views/pages/mailbox/mailbox_message_page.tsx";
import { MailboxPage } from "../../views/pages/mailbox/mailbox_page.tsx";
import { mailboxText } from "../../views/pages/mailbox/text.ts";
import { type HttpEnv, nonceOf, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { pagePolicy } from "../middleware/security_headers.ts";
import { done, page } from "../page.tsx";
import { readWire } from "../wire.ts";
import { framedEmail } from "../framed_email.ts";

/** Captured email when neither SMTP nor Resend is configured. Nothing is delivered. */
export const mailboxPages = new Hono<HttpEnv>();

mailboxPages.get("/mailbox", async (c) => {
  const ctx = systemContextOf(c);
  const query = readWire(MAILBOX_LIST.query, c.req.query());
  const { items, ...cursors } = await listMailbox(ctx, query);
  const list = {
    messages: items,
    ...cursors,
    to: query.to,
    transport: ctx.services.use(EMAIL_TRANSPORT).name,
    now: ctx.services.clock.now(),
  };
  return await page(c, {
    title: mailboxText.of(localeOf(c)).title,
    wide: true,
    body: <MailboxPage {...list} />,
  });
});

mailboxPages.get("/mailbox.json", async (c) => {
  const query = readWire(MAILBOX_LIST.query, c.req.query());
  const { items, nextCursor } = await listMailbox(systemContextOf(c), query);
  return c.json({ data: items.map(toJson), next_cursor: nextCursor });
});

mailboxPages.post("/mailbox/clear", async (c) => {
  await emptyMailbox(systemContextOf(c));
  return await done(c, { to: "/dev/mailbox", flash: mailboxText.of(localeOf(c)).emptied });
});

mailboxPages.get("/mailbox/:id", async (c) => {
  const message = await messageOf(c);
  const { appUrl } = c.get("services").config;
  c.header("Content-Security-Policy", `${pagePolicy(appUrl)(nonceOf(c))}; frame-src 'self'`);
  const body = <MailboxMessagePage message={message} links={linksOf(message)} />;
  return await page(c, { title: message.subject || mailboxText.of(localeOf(c)).noSubject, wide: true, body });
});

mailboxPages.get("/mailbox/:id/html", async (c) => {
  return framedEmail(c, withLinksInNewTabs((await messageOf(c)).html));
});

function messageOf(c: Context<HttpEnv>): Promise<MailboxMessage> {
  return getMailboxMessage(systemContextOf(c), c.req.param("id")!);
}

function toJson(message: MailboxMessage) {
  const { id, at, channel, toName, toAddress, fromName, fromAddress, subject, html, text, headers } = message;
  return {
    id,
    at: at.toISOString(),
    channel,
    to: toAddress,
    to_name: toName,
    from: fromAddress,
    from_name: fromName,
    subject,
    html,
    text,
    headers,
    links: linksOf(message),
    message: message.message,
    tenant_id: message.tenantId,
  };
}
