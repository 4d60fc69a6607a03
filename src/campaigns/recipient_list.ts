import { asc, eq, ilike, or, sql } from "drizzle-orm";
import { z } from "zod";
import { campaignLinks, campaignRecipients } from "../../db/tenant/schema/campaigns.ts";
import { contacts, segments } from "../../db/tenant/schema/contacts.ts";
import { authorizeReading } from "../access/authorize.ts";
import { CAMPAIGNS_MANAGE } from "../contacts/permissions.ts";
import type { TenantContext } from "../context.ts";
import { list, type ListQuery, type PlacedPage } from "../platform/list.ts";
import { equalFilter, searchFilter } from "../platform/list_filters.ts";
import { idKey } from "../platform/list_keys.ts";
import type { Campaign } from "./campaign.ts";
import { MergeFields } from "./merge_fields.ts";

const STATES = ["waiting", "claimed", "sent", "skipped", "failed", "unknown"] as const;
export type RecipientState = typeof STATES[number];

const MAX_SEGMENTS = 500;
const r = campaignRecipients;

/** A recipient with the contact's address, or null if the contact was deleted. */
export type ListedRecipient = {
  id: string;
  contactId: string;
  email: string | null;
  name: string | null;
  state: RecipientState;
  reason: string | null;
  sentAt: Date | null;
  clickedAt: Date | null;
};

export const RECIPIENT_LIST = list("campaign recipients", {
  select: (db) =>
    db.select({
      id: r.id,
      contactId: r.contactId,
      email: contacts.email,
      name: contacts.name,
      state: r.state,
      reason: r.reason,
      sentAt: r.sentAt,
      clickedAt: r.clickedAt,
    }).from(r).leftJoin(contacts, eq(contacts.id, r.contactId)),
  id: r.id,
  sorts: { contactId: idKey(r.contactId) },
  defaultSort: "contactId",
  filters: {
    search: searchFilter((pattern) => or(ilike(contacts.email, pattern), ilike(contacts.name, pattern))),
    state: equalFilter(z.enum(STATES), r.state),
  },
  scope: { campaign: (id) => eq(r.campaignId, id) },
  count: (db, counts) => db.select(counts).from(r).leftJoin(contacts, eq(contacts.id, r.contactId)),
  tabs: "state",
});

/** One page of a campaign's recipients. */
export async function browseRecipients(
  ctx: TenantContext,
  campaignId: string,
  query: ListQuery<typeof RECIPIENT_LIST>,
): Promise<PlacedPage<ListedRecipient, RecipientState>> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  return await RECIPIENT_LIST.placedPage<RecipientState>(ctx.read, query, { campaign: campaignId });
}

export type LinkFigures = { url: string; clicks: number };

/** The campaign's links, and why emails were skipped or failed, the most frequent first. */
export async function readDetails(
  ctx: TenantContext,
  { id: campaignId, body }: Pick<Campaign, "id" | "body">,
): Promise<{ links: LinkFigures[]; skipped: { reason: string; count: number }[] }> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  const fields = new MergeFields();
  fields.mark(body);
  const [links, skipped] = await ctx.read((tx) => [
    tx.select({ url: campaignLinks.url, clicks: campaignLinks.clicks }).from(campaignLinks)
      .where(eq(campaignLinks.campaignId, campaignId)).orderBy(asc(campaignLinks.position)),
    tx.select({ reason: sql<string>`coalesce(${r.reason}, '')`, count: sql<number>`count(*)::int` }).from(r)
      .where(sql`${r.campaignId} = ${campaignId} and ${r.state} = 'skipped'`)
      .groupBy(r.reason).orderBy(sql`count(*) desc`),
  ]);
  return { links: links.map(({ url, clicks }) => ({ url: fields.unmark(url), clicks })), skipped };
}

/** The segments to choose from, by name. */
export async function listSegmentChoices(ctx: TenantContext): Promise<{ id: string; name: string }[]> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  const [rows] = await ctx.read((tx) => [
    tx.select({ id: segments.id, name: segments.name }).from(segments)
      .orderBy(sql`${segments.name} collate "und-x-icu"`, segments.id).limit(MAX_SEGMENTS),
  ]);
  return rows;
}
