import { and, eq, lt, sql } from "drizzle-orm";
import { campaignRecipients, campaigns } from "../../db/tenant/schema/campaigns.ts";
import { hasUsersOf } from "../announcements/sync_users.ts";
import { isEntitled } from "../billing/plan_features.ts";
import { CAMPAIGNS } from "../contacts/permissions.ts";
import type { TenantContext } from "../context.ts";
import { publish } from "../events/publish.ts";
import { job, tenantOf } from "../outbox/job.ts";
import { after, HOUR, MINUTE, SECOND } from "../platform/clock.ts";
import { type Campaign, isCurrentRun, type Variant } from "./campaign.ts";
import { CAMPAIGN_MISSED, CAMPAIGN_SENT } from "./events.ts";
import { audienceOf, expandBatch } from "./recipients.ts";
import { pauseCampaign, startScheduled } from "./sending.ts";
import { sendSlice, type SliceEnd } from "./slice.ts";
import { untilWindow } from "./window.ts";
import { CLAIM_TIMEOUT, enqueueWork, WORK } from "./work_queue.ts";

/** A campaign that is later than this asks before it is sent. */
const LATEST_START = HOUR;
/** How long a job works before the other workspaces' campaigns get their turn. */
export const SLICE_TIME = 10 * SECOND;
/** How long a campaign waits before it looks again whether the product's users are contacts. */
const USERS_WAIT = 5 * SECOND;

/**
 * Works on a campaign for some seconds, and enqueues the next job. If the process dies, the job runs again. Emails that were claimed
 * when it died are never sent again by themselves.
 */
export const WORK_ON_CAMPAIGN = job(WORK.name, {
  queue: WORK.queue,
  payload: WORK.payload,
  byTenants: true,
  run: async (run, { campaignId, run: number }) => {
    const ctx = tenantOf(run);
    const [[campaign]] = await ctx.read((tx) => [
      tx.select().from(campaigns).where(and(eq(campaigns.id, campaignId), eq(campaigns.run, number))),
    ]);
    if (campaign?.status === "scheduled") await startInTime(ctx, campaign);
    if (campaign?.status === "sending") await work(ctx, campaign, run.signal);
    if (campaign?.status === "canceled") await giveUpClaimed(ctx, campaign);
  },
});

async function startInTime(ctx: TenantContext, campaign: Campaign): Promise<void> {
  const late = ctx.services.clock.now().getTime() - campaign.scheduledAt!.getTime();
  if (late < 0) return await next(ctx, campaign, -late);
  if (late <= LATEST_START) return await startScheduled(ctx, campaign);
  await ctx.tx(async (tx) => {
    const set = { status: "missed" as const, run: campaign.run + 1, version: campaign.version + 1 };
    const [missed] = await tx.update(campaigns).set(set)
      .where(and(eq(campaigns.id, campaign.id), eq(campaigns.status, "scheduled"))).returning();
    if (missed) await publish(ctx, tx, CAMPAIGN_MISSED, { before: campaign, after: missed });
  });
}

async function work(ctx: TenantContext, campaign: Campaign, signal: AbortSignal): Promise<void> {
  await giveUpClaimed(ctx, campaign);
  if (!isEntitled(ctx, CAMPAIGNS)) return void await pauseCampaign(ctx, campaign.id, "plan");
  if (!isStarted(campaign) && !await hasUsersOf(ctx, campaign.startedAt!)) {
    return await next(ctx, campaign, USERS_WAIT);
  }
  const deadline = performance.now() + SLICE_TIME;
  const isExpanded = await expand(ctx, campaign, deadline);
  if (isExpanded === "gone") return void await pauseCampaign(ctx, campaign.id, "content");
  const wait = untilWindow(ctx.tenant, campaign, ctx.services.clock.now());
  if (wait > 0) return await next(ctx, campaign, wait);
  const test = await testOf(ctx, campaign);
  const end = await sendSlice(ctx, campaign, { deadline, signal, ...test });
  if (end.stopped === "limit") return void await pauseCampaign(ctx, campaign.id, "limit");
  if (end.stopped === "content") return void await pauseCampaign(ctx, campaign.id, "content");
  await goOn(ctx, campaign, end, isExpanded);
}

/** Whether anyone is a recipient yet. */
function isStarted({ expandedTo, expandedAt }: Campaign): boolean {
  return expandedTo !== null || expandedAt !== null;
}

/** Emails that were claimed long ago: nobody knows whether they left. */
async function giveUpClaimed(ctx: TenantContext, { id }: Campaign): Promise<void> {
  const r = campaignRecipients;
  const before = after(ctx.services.clock.now(), -CLAIM_TIMEOUT);
  await ctx.tx((tx) =>
    tx.update(r).set({ state: "unknown" })
      .where(and(eq(r.campaignId, id), eq(r.state, "claimed"), lt(r.claimedAt, before)))
  );
}

/** Makes contacts recipients, batch by batch. Returns whether all of them are. */
async function expand(
  ctx: TenantContext,
  campaign: Campaign,
  deadline: number,
): Promise<boolean | "gone"> {
  if (campaign.expandedAt) return true;
  let { expandedTo } = campaign;
  while (performance.now() < deadline) {
    const batch = await ctx.tx(async (tx) => {
      const [current] = await tx.select({ id: campaigns.id }).from(campaigns).where(isCurrentRun(campaign));
      if (!current) return null;
      const audience = await audienceOf(tx, campaign, campaign.startedAt!, ctx.tenant);
      if (!audience) return "gone";
      return await expandBatch(tx, { ...campaign, expandedTo }, audience, ctx.services.clock.now());
    });
    if (batch === "gone") return "gone";
    if (!batch) return false;
    expandedTo = batch.expandedTo;
    if (!batch.hasMore) return true;
  }
  return false;
}

/** While the subjects are being tested, only the test's recipients get the email. Then the better subject goes to the others. */
async function testOf(
  ctx: TenantContext,
  campaign: Campaign,
): Promise<{ isTesting: boolean; winner: Variant }> {
  const { id, subjectB, winner, testEndsAt } = campaign;
  if (subjectB === null) return { isTesting: false, winner: "a" };
  if (winner) return { isTesting: false, winner };
  if (!testEndsAt || testEndsAt > ctx.services.clock.now()) return { isTesting: true, winner: "a" };
  return await ctx.tx(async (tx) => {
    const r = campaignRecipients;
    const rows = await tx.select({
      variant: r.variant,
      rate: sql<number>`(count(*) filter (where ${r.clickedAt} is not null))::float /
        greatest(count(*) filter (where ${r.state} = 'sent'), 1)`,
    }).from(r).where(eq(r.campaignId, id)).groupBy(r.variant);
    const rateOf = (variant: Variant) => rows.find((row) => row.variant === variant)?.rate ?? 0;
    const better: Variant = rateOf("b") > rateOf("a") ? "b" : "a";
    await tx.update(campaigns).set({ winner: better }).where(eq(campaigns.id, id));
    return { isTesting: false, winner: better };
  });
}

/** Enqueues the next job, or ends the campaign if no email is left. */
async function goOn(
  ctx: TenantContext,
  campaign: Campaign,
  end: SliceEnd,
  isExpanded: boolean,
): Promise<void> {
  const now = ctx.services.clock.now();
  await ctx.tx(async (tx) => {
    const [current] = await tx.select().from(campaigns).where(isCurrentRun(campaign)).for("update");
    if (!current) return;
    const r = campaignRecipients;
    const isTesting = current.subjectB !== null && current.winner === null;
    const isNext = sql`${r.state} = 'waiting'${isTesting ? sql` and ${r.variant} is not null` : sql``}`;
    const [left] = await tx.select({
      waiting: sql<number>`count(*) filter (where ${r.state} = 'waiting')::int`,
      claimed: sql<number>`count(*) filter (where ${r.state} = 'claimed')::int`,
      /** When the next email is due. */
      dueAt: sql`min(coalesce(${r.dueAt}, ${now.toISOString()}::timestamptz)) filter (where ${isNext})`
        .mapWith(r.dueAt),
    }).from(r).where(and(eq(r.campaignId, campaign.id), sql`${r.state} in ('waiting', 'claimed')`));
    const { waiting, claimed } = left!;
    const dueAt: Date | null = left!.dueAt;
    if (isExpanded && isTesting && !dueAt && claimed === 0) {
      const testEndsAt = current.testEndsAt ?? after(now, current.testHours! * HOUR);
      await tx.update(campaigns).set({ testEndsAt }).where(eq(campaigns.id, campaign.id));
      if (waiting > 0) {
        return await enqueueWork(ctx, tx, current, Math.max(testEndsAt.getTime() - now.getTime(), 0));
      }
    }
    if (!isExpanded || dueAt) {
      const wait = isExpanded && dueAt ? dueAt.getTime() - now.getTime() : 0;
      return await enqueueWork(ctx, tx, current, Math.max(wait, end.stopped ? MINUTE : 0));
    }
    if (claimed > 0) return await enqueueWork(ctx, tx, current, CLAIM_TIMEOUT + MINUTE);
    const [ended] = await tx.update(campaigns).set({ status: "sent", endedAt: now })
      .where(eq(campaigns.id, campaign.id)).returning();
    await publish(ctx, tx, CAMPAIGN_SENT, { before: current, after: ended! });
  });
}

async function next(ctx: TenantContext, campaign: Campaign, delay: number): Promise<void> {
  await ctx.tx(async (tx) => {
    const [current] = await tx.select().from(campaigns)
      .where(and(eq(campaigns.id, campaign.id), eq(campaigns.run, campaign.run))).for("update");
    if (current && ["scheduled", "sending"].includes(current.status)) {
      await enqueueWork(ctx, tx, current, delay);
    }
  });
}
