import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { mailboxMessages } from "../../db/control/schema/email.ts";
import type { SystemContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { isId } from "../platform/ids.ts";
import { isMoment, type Page, pageSize, readCursor, toPage } from "../platform/keyset.ts";

const SORT = "-at";

/** A mail that would have left. */
export type MailboxMessage = typeof mailboxMessages.$inferSelect;

export const mailboxQuery = z.object({
  /** The address that it went to. */
  to: z.string().trim().toLowerCase().max(254).optional().transform((text) => text || undefined),
  limit: pageSize,
  cursor: z.string().max(1_000).optional(),
});
export type MailboxQuery = z.output<typeof mailboxQuery>;

/** The mails in the mailbox, the newest first. Throws `not_found` in production, as all of this file does. */
export async function listMailbox(
  ctx: SystemContext,
  { to, limit, cursor }: MailboxQuery,
): Promise<Page<MailboxMessage>> {
  refuseInProduction(ctx);
  const { id, at, toAddress } = mailboxMessages;
  const place = cursor ? readCursor(cursor, SORT, isMoment) : undefined;
  const rows = await ctx.control.select().from(mailboxMessages)
    .where(and(
      to ? eq(toAddress, to) : undefined,
      place && sql`(${at}, ${id}) < (${place.cursorValue}::timestamptz, ${place.cursorId}::uuid)`,
    ))
    .orderBy(sql`${at} desc, ${id} desc`).limit(limit + 1);
  return toPage(rows, limit, SORT, (row) => row.at.toISOString());
}

/** Throws `not_found`. */
export async function getMailboxMessage(ctx: SystemContext, id: string): Promise<MailboxMessage> {
  refuseInProduction(ctx);
  if (!isId(id)) throw notFound("This mail");
  const [message] = await ctx.control.select().from(mailboxMessages).where(eq(mailboxMessages.id, id));
  if (!message) throw notFound("This mail");
  return message;
}

/** Throws all mails away. */
export async function emptyMailbox(ctx: SystemContext): Promise<void> {
  refuseInProduction(ctx);
  await ctx.control.delete(mailboxMessages);
}

/** Where the links of a mail lead, each once: those of its HTML in their order, then those that only its text has. */
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
  if (services.config.environment === "production") throw notFound("This page");
}
