import { eq } from "drizzle-orm";
import { z } from "zod";
import { mailboxMessages } from "../../db/control/schema/email.ts";
import type { SystemContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { isId } from "../platform/ids.ts";
import { list, type ListQuery, type Page } from "../platform/list.ts";
import { equalFilter } from "../platform/list_filters.ts";
import { momentKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";

const EMAIL_NOT_FOUND = problem("email_not_found", "This email was not found.");
const NO_MAILBOX = problem("no_mailbox", "This page was not found.");

/** A captured email. Nothing was delivered. */
export type MailboxMessage = typeof mailboxMessages.$inferSelect;

/** The address filter. Any text is accepted, even if it is not an address. */
const recipient = z.string().trim().toLowerCase().max(254);

export const MAILBOX_LIST = list("mailbox", {
  select: (db) => db.select().from(mailboxMessages),
  id: mailboxMessages.id,
  sorts: { at: momentKey(mailboxMessages.at) },
  defaultSort: "-at",
  filters: { to: equalFilter(recipient, mailboxMessages.toAddress) },
});
export type MailboxQuery = ListQuery<typeof MAILBOX_LIST>;

/** The captured emails, newest first. Throws `not_found` in production, like every function of this file. */
export async function listMailbox(ctx: SystemContext, query: MailboxQuery): Promise<Page<MailboxMessage>> {
  refuseInProduction(ctx);
  return await MAILBOX_LIST.page(ctx.control, query);
}

/** Throws `not_found`. */
export async function getMailboxMessage(ctx: SystemContext, id: string): Promise<MailboxMessage> {
  refuseInProduction(ctx);
  if (!isId(id)) throw notFound(EMAIL_NOT_FOUND);
  const [message] = await ctx.control.select().from(mailboxMessages).where(eq(mailboxMessages.id, id));
  if (!message) throw notFound(EMAIL_NOT_FOUND);
  return message;
}

/** Deletes all captured emails. */
export async function emptyMailbox(ctx: SystemContext): Promise<void> {
  refuseInProduction(ctx);
  await ctx.control.delete(mailboxMessages);
}

/** The targets of an email's links, each once: those in its HTML, in order, then those that only its text has. */
export function linksOf({ html, text }: Pick<MailboxMessage, "html" | "text">): string[] {
  const inHtml = [...html.matchAll(/<a\s[^>]*?href="(https?:[^"]+)"/gi)].map(([, link]) => plainText(link!));
  const inText = [...text.matchAll(/https?:\/\/[^\s<>"]+/g)].map(([link]) =>
    link.replace(/[.,;:!?)\]]+$/, "")
  );
  return [...new Set([...inHtml, ...inText])];
}

function plainText(attribute: string): string {
  return attribute.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}

function refuseInProduction({ services }: SystemContext): void {
  if (services.config.environment === "production") throw notFound(NO_MAILBOX);
}
