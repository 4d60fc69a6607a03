import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { campaignLinks, campaignRecipients, campaigns } from "../../db/tenant/schema/campaigns.ts";
import { contacts } from "../../db/tenant/schema/contacts.ts";
import { sequenceEmails } from "../../db/tenant/schema/sequences.ts";
import { bounce } from "../bounces/bounce_reader.ts";
import { withdrawConsent } from "../contacts/consent.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { DomainError, notFound } from "../errors.ts";
import { job, tenantOf } from "../outbox/job.ts";
import { after, SECOND } from "../platform/clock.ts";
import { isId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { openTenant } from "../tenancy/open_tenant.ts";
import { readLinkToken } from "./links.ts";
import { MergeFields } from "./merge_fields.ts";
import { forgetStats } from "./stats.ts";

const r = campaignRecipients;
const e = sequenceEmails;
const MAX_REASON_LENGTH = 300;
/** A reason outlives its contact, so it names no address. */
const ADDRESS = /[^\s<>"'()]+@[^\s<>"'()]*/g;
const LINK_NOT_FOUND = problem("campaign_link_not_found", "This link was not found.");

/** No person opens an email so soon. Scanners of mail servers do. */
const FASTEST_PERSON = 2 * SECOND;
/** Programs that fetch links to check or preview them. A person's browser names none of these. */
const SCANNER =
  /bot\b|crawl|spider|scan|preview|proxy|monitor|fetch|curl|wget|python|java\/|okhttp|headless|barracuda|mimecast|proofpoint|safelinks|urldefense|googleimageproxy|slackbot|facebookexternalhit|whatsapp/i;

/** How a link was followed. */
export type Visit = { method: string; userAgent: string };

/**
 * Where a recipient's link leads: the campaign's own URL, filled with the recipient's values. Counts the recipient's first visit,
 * unless it is a program's. Throws `not_found`.
 */
export async function followLink(ctx: TenantContext, token: string, visit: Visit): Promise<string> {
  const opened = readLinkToken(ctx, token);
  if (!opened || opened.position === null) throw notFound(LINK_NOT_FOUND);
  const { recipientId, position } = opened;
  return await ctx.tx(async (tx) => {
    const [recipient] = await tx.select().from(r).where(
      eq(r.id, recipientId),
    );
    const [link] = recipient
      ? await tx.select().from(campaignLinks)
        .where(and(eq(campaignLinks.campaignId, recipient.campaignId), eq(campaignLinks.position, position)))
      : [];
    if (!recipient || !link) throw notFound(LINK_NOT_FOUND);
    const now = ctx.services.clock.now();
    if (isPerson(visit, recipient, now)) {
      if (!recipient.clickedAt) await forgetStats(tx, recipient.campaignId);
      await tx.update(r).set({ clickedAt: now })
        .where(and(eq(r.id, recipientId), isNull(r.clickedAt)));
      await tx.update(campaignLinks).set({ clicks: sql`${campaignLinks.clicks} + 1` })
        .where(eq(campaignLinks.id, link.id));
    }
    return await filledUrl(tx, recipient, link.url);
  });
}

/** Counts the recipient's first opening, where the campaign tracks it. Never throws for a wrong token. */
export async function countOpening(ctx: TenantContext, token: string, visit: Visit): Promise<void> {
  const opened = readLinkToken(ctx, token);
  if (!opened || opened.position !== null) return;
  await ctx.tx(async (tx) => {
    const [row] = await tx.select({ recipient: r, tracksOpens: campaigns.tracksOpens }).from(r)
      .innerJoin(campaigns, eq(campaigns.id, r.campaignId)).where(eq(r.id, opened.recipientId));
    const now = ctx.services.clock.now();
    if (!row?.tracksOpens || row.recipient.openedAt || !isPerson(visit, row.recipient, now)) return;
    await forgetStats(tx, row.recipient.campaignId);
    await tx.update(r).set({ openedAt: now }).where(and(eq(r.id, opened.recipientId), isNull(r.openedAt)));
  });
}

/** Records that a recipient withdrew the consent by a campaign's link, in the transaction that withdraws it. */
export async function recordUnsubscribed(
  tx: TenantTx,
  { campaignId, contactId, at }: { campaignId: string; contactId: string; at: Date },
): Promise<void> {
  await forgetStats(tx, campaignId);
  await tx.update(r).set({ unsubscribedAt: at })
    .where(and(eq(r.campaignId, campaignId), eq(r.contactId, contactId), isNull(r.unsubscribedAt)));
}

/**
 * Records what a provider reports about an email of a campaign or a sequence: it came back, or was marked as spam, which withdraws the
 * consent. Notices of workspaces that are gone change nothing.
 */
export async function recordNotice(
  system: SystemContext,
  { kind, tags }: { kind: "bounced" | "complained"; tags: Readonly<Record<string, string>> },
): Promise<void> {
  const { tenant: tenantId = "", recipient: emailId = "" } = tags;
  const ctx = isId(emailId) ? await findTenant(system, tenantId) : null;
  if (!ctx) return;
  await ctx.tx(async (tx) => {
    const [recipient] = await tx.select().from(r).where(eq(r.id, emailId));
    const [email] = recipient ? [] : await tx.select().from(e).where(eq(e.id, emailId));
    const contactId = recipient?.contactId ?? email?.contactId;
    if (!contactId) return;
    const campaignId = recipient?.campaignId ?? null;
    if (kind === "complained") {
      await withdrawConsent(ctx, tx, contactId, { source: "complaint", campaignId });
    }
    if (campaignId) await forgetStats(tx, campaignId);
    const now = ctx.services.clock.now();
    if (kind === "bounced") {
      await tx.update(r).set({ bouncedAt: now }).where(and(eq(r.id, emailId), isNull(r.bouncedAt)));
      await tx.update(e).set({ bouncedAt: now }).where(and(eq(e.id, emailId), isNull(e.bouncedAt)));
    } else {
      await tx.update(r).set({ complainedAt: now }).where(and(eq(r.id, emailId), isNull(r.complainedAt)));
    }
  });
}

async function findTenant(system: SystemContext, tenantId: string): Promise<TenantContext | null> {
  try {
    return await openTenant(system, tenantId);
  } catch (error) {
    if (error instanceof DomainError && error.kind === "not_found") return null;
    throw error;
  }
}

/** Records the bounce of a campaign's email: the one that the report names, or the last one to the contact. */
export const RECORD_BOUNCE = job("campaigns.bounced", {
  queue: "email",
  payload: bounce,
  run: async (run, { contactId, emailId, detail }) => {
    const ctx = tenantOf(run);
    const now = ctx.services.clock.now();
    const isSent = and(eq(r.contactId, contactId), eq(r.state, "sent"));
    await ctx.tx(async (tx) => {
      const [recipient] = await tx.select({ id: r.id, campaignId: r.campaignId }).from(r)
        .where(and(isSent, emailId === null ? undefined : eq(r.id, emailId))).orderBy(desc(r.sentAt)).limit(
          1,
        );
      if (!recipient) return;
      await forgetStats(tx, recipient.campaignId);
      const reason = detail.replaceAll(ADDRESS, "…").slice(0, MAX_REASON_LENGTH);
      await tx.update(r).set({ bouncedAt: now, reason })
        .where(and(eq(r.id, recipient.id), isNull(r.bouncedAt)));
    });
  },
});

/** Whether a person followed a link, rather than a program that checks it. */
export function isPerson(
  { method, userAgent }: Visit,
  { sentAt, claimedAt }: { sentAt: Date | null; claimedAt: Date | null },
  now: Date,
): boolean {
  const since = sentAt ?? claimedAt;
  return method === "GET" && userAgent !== "" && !SCANNER.test(userAgent) &&
    since !== null && now >= after(since, FASTEST_PERSON);
}

async function filledUrl(
  tx: TenantTx,
  { contactId, campaignId }: { contactId: string; campaignId: string },
  url: string,
): Promise<string> {
  const [campaign] = await tx.select({ body: campaigns.body }).from(campaigns).where(
    eq(campaigns.id, campaignId),
  );
  const [contact] = await tx.select().from(contacts).where(eq(contacts.id, contactId));
  const fields = new MergeFields();
  fields.mark(campaign!.body);
  return fields.fill(url, contact ?? { email: "", name: "", fields: {} }, "text");
}
