import { and, eq, inArray, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { campaignRecipients as r, campaigns, type CampaignStats } from "../../db/tenant/schema/campaigns.ts";
import type { TenantContext } from "../context.ts";
import { isId } from "../platform/ids.ts";
import { type Campaign, type CampaignStatus, lockCampaign } from "./campaign.ts";

export type { CampaignStats };
export type CampaignWithStats = Campaign & { stats: CampaignStats };

const ENDED: CampaignStatus[] = ["sent", "canceled"];

const NOTHING: CampaignStats = {
  recipients: 0,
  waiting: 0,
  sent: 0,
  skipped: 0,
  failed: 0,
  unknown: 0,
  bounced: 0,
  complained: 0,
  unsubscribed: 0,
  clicked: 0,
  opened: 0,
};

/** Campaigns with their figures. Those of campaigns that ended are kept until a recipient changes, because counting takes long. */
export async function withStats(ctx: TenantContext, rows: Campaign[]): Promise<CampaignWithStats[]> {
  if (rows.every(({ counted }) => counted !== null)) {
    return rows.map((row) => ({ ...row, stats: row.counted! }));
  }
  return await ctx.tx((tx) => countIn(tx, rows));
}

/** The figures of a campaign without recipients. */
export function withoutRecipients(campaign: Campaign): CampaignWithStats {
  return { ...campaign, stats: NOTHING };
}

/**
 * The row with its figures, locked until the transaction ends. It is locked after counting, which takes long, so emails that are
 * recorded in between are missing. Throws `not_found`.
 */
export async function lockCounted(tx: TenantTx, id: string): Promise<CampaignWithStats> {
  const stats = isId(id) ? (await count(tx, [id])).get(id) : undefined;
  const campaign = await lockCampaign(tx, id);
  return { ...campaign, stats: campaign.counted ?? stats ?? NOTHING };
}

async function countIn(tx: TenantTx, rows: Campaign[]): Promise<CampaignWithStats[]> {
  const ids = rows.filter(({ counted }) => counted === null).map(({ id }) => id);
  const stats = await countAndKeep(tx, ids);
  return rows.map((row) => ({ ...row, stats: row.counted ?? stats.get(row.id) ?? NOTHING }));
}

/**
 * Call it before a recipient changes after sending, in the same transaction: the campaign's figures are counted again. It locks the
 * campaign, so that no count is kept that misses the change.
 */
export async function forgetStats(tx: TenantTx, campaignId: string): Promise<void> {
  const [campaign] = await tx.select({ isKept: sql<boolean>`${campaigns.counted} is not null` })
    .from(campaigns).where(eq(campaigns.id, campaignId)).for("no key update");
  if (campaign?.isKept) {
    await tx.update(campaigns).set({ counted: null }).where(eq(campaigns.id, campaignId));
  }
}

async function countAndKeep(tx: TenantTx, ids: string[]): Promise<Map<string, CampaignStats>> {
  const ended = await tx.select({ id: campaigns.id }).from(campaigns)
    .where(and(inArray(campaigns.id, ids), inArray(campaigns.status, ENDED), isNull(campaigns.counted)))
    .for("no key update", { skipLocked: true });
  const stats = await count(tx, ids);
  for (const { id } of ended) {
    const counted = stats.get(id) ?? NOTHING;
    if (counted.waiting > 0) continue; // an email is still on its way
    await tx.update(campaigns).set({ counted }).where(eq(campaigns.id, id));
  }
  return stats;
}

async function count(tx: TenantTx, ids: string[]): Promise<Map<string, CampaignStats>> {
  const countOf = (condition: SQL) => sql<number>`count(*) filter (where ${condition})::int`;
  const rows = await tx.select({
    id: r.campaignId,
    recipients: sql<number>`count(*)::int`,
    waiting: countOf(sql`${r.state} in ('waiting', 'claimed')`),
    sent: countOf(sql`${r.state} = 'sent'`),
    skipped: countOf(sql`${r.state} = 'skipped'`),
    failed: countOf(sql`${r.state} = 'failed'`),
    unknown: countOf(sql`${r.state} = 'unknown'`),
    bounced: countOf(isNotNull(r.bouncedAt)),
    complained: countOf(isNotNull(r.complainedAt)),
    unsubscribed: countOf(isNotNull(r.unsubscribedAt)),
    clicked: countOf(isNotNull(r.clickedAt)),
    opened: countOf(isNotNull(r.openedAt)),
  }).from(r).where(inArray(r.campaignId, ids)).groupBy(r.campaignId);
  return new Map(rows.map(({ id, ...stats }) => [id, stats]));
}
