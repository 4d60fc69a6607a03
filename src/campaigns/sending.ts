import { and, eq } from "drizzle-orm";
import { z } from "zod";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { campaignLinks, campaignRecipients, campaigns } from "../../db/tenant/schema/campaigns.ts";
import { authorize, authorizeReading } from "../access/authorize.ts";
import { requireConfirmedEmail } from "../access/confirmed_email.ts";
import { requireFeature } from "../billing/plan_features.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "../contacts/permissions.ts";
import type { TenantContext } from "../context.ts";
import { conflict, invalid } from "../errors.ts";
import type { Event } from "../events/event.ts";
import { publish } from "../events/publish.ts";
import { MINUTE } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { type Campaign, type CampaignStatus, readCampaign } from "./campaign.ts";
import { checkCampaign, type CheckResult } from "./checks.ts";
import {
  CAMPAIGN_CANCELED,
  CAMPAIGN_PAUSED,
  CAMPAIGN_RESUMED,
  CAMPAIGN_SCHEDULED,
  CAMPAIGN_STARTED,
} from "./events.ts";
import { readPostalAddress } from "./settings.ts";
import { type CampaignStats, type CampaignWithStats, lockCounted } from "./stats.ts";
import { makeTemplate } from "./template.ts";
import { CLAIM_TIMEOUT, enqueueWork } from "./work_queue.ts";

const NOT_READY = problem("campaign_not_ready", "The campaign can't be sent yet. {reasons}");
const WRONG_STATUS = problem("campaign_wrong_status", "This isn't possible for a campaign that is {status}.");
const CHANGED_MEANWHILE = problem(
  "campaign_changed_before_sending",
  "Someone has changed this campaign. Review it, then send it again.",
);
const TIME_PAST = problem("campaign_time_past", "Choose a time in the future.");
const NOTHING_UNKNOWN = problem(
  "campaign_nothing_unknown",
  "No email of this campaign has an unknown outcome.",
);

export const sendRequest = z.object({
  /** Absent: now. */
  scheduledAt: z.iso.datetime({ offset: true }).nullable().default(null),
});
export type SendRequest = z.output<typeof sendRequest>;

/** The list before sending. Throws `not_found`. */
export async function getChecks(ctx: TenantContext, id: string): Promise<CheckResult> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  return await checkCampaign(ctx, await readCampaign(ctx, id));
}

/**
 * Sends a draft, or one that missed its time, now or at a time. Throws `not_found`, `conflict` if it was sent already, `invalid` if a
 * check fails, `forbidden` while the address is unconfirmed, or `feature_not_in_plan`.
 */
export async function sendCampaign(
  ctx: TenantContext,
  id: string,
  { scheduledAt }: SendRequest,
): Promise<CampaignWithStats> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  await requireConfirmedEmail(ctx);
  const now = ctx.services.clock.now();
  const at = scheduledAt === null ? null : new Date(scheduledAt);
  if (at && at <= now) throw invalid({ scheduledAt: TIME_PAST });
  const campaign = await readCampaign(ctx, id);
  requireStatus(campaign, ["draft", "missed"]);
  const { checks, isReady } = await checkCampaign(ctx, campaign);
  if (!isReady) throw conflict(NOT_READY.with({ reasons: checks.flatMap(({ problems }) => problems) }));
  const links = at ? [] : await linksOf(ctx, campaign);
  return await change(ctx, id, ["draft", "missed"], async (tx, before) => {
    if (before.version !== campaign.version) throw conflict(CHANGED_MEANWHILE);
    if (!at) await addLinks(tx, id, links);
    const start = at ? {} : { startedAt: now };
    await enqueueWork(ctx, tx, before, at ? at.getTime() - now.getTime() : 0);
    return {
      event: at ? CAMPAIGN_SCHEDULED : CAMPAIGN_STARTED,
      set: { status: at ? "scheduled" : "sending", scheduledAt: at, ...start },
    };
  });
}

/** Starts a scheduled campaign, at its time, in the job's transaction. */
export async function startScheduled(ctx: TenantContext, campaign: Campaign): Promise<void> {
  const links = await linksOf(ctx, campaign);
  await change(ctx, campaign.id, ["scheduled"], async (tx, before) => {
    await addLinks(tx, campaign.id, links);
    await enqueueWork(ctx, tx, before, 0);
    return { event: CAMPAIGN_STARTED, set: { status: "sending", startedAt: ctx.services.clock.now() } };
  });
}

/** Stops sending. Emails that are on their way arrive. Throws `not_found` or `conflict`. */
export async function pauseCampaign(
  ctx: TenantContext,
  id: string,
  pauseReason: Campaign["pauseReason"] = null,
): Promise<CampaignWithStats> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  return await change(
    ctx,
    id,
    ["sending"],
    (_tx, { run }) =>
      Promise.resolve({ event: CAMPAIGN_PAUSED, set: { status: "paused", pauseReason, run: run + 1 } }),
  );
}

/** Goes on sending. Throws `not_found`, `conflict`, or `feature_not_in_plan`. */
export async function resumeCampaign(ctx: TenantContext, id: string): Promise<CampaignWithStats> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  await requireConfirmedEmail(ctx);
  return await change(ctx, id, ["paused"], async (tx, before) => {
    await enqueueWork(ctx, tx, before, 0);
    return { event: CAMPAIGN_RESUMED, set: { status: "sending", pauseReason: null } };
  });
}

/**
 * Ends a campaign: who hasn't got it yet doesn't get it. A schedule becomes a draft again. The last job gives up emails whose process
 * died. Throws `not_found` or `conflict`.
 */
export async function cancelCampaign(ctx: TenantContext, id: string): Promise<CampaignWithStats> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  const now = ctx.services.clock.now();
  return await change(ctx, id, ["scheduled", "missed", "sending", "paused"], async (tx, { status, run }) => {
    if (status === "scheduled" || status === "missed") {
      return { event: CAMPAIGN_CANCELED, set: { status: "draft", scheduledAt: null, run: run + 1 } };
    }
    const { count } = await tx.update(campaignRecipients).set({ state: "skipped", reason: "canceled" })
      .where(and(eq(campaignRecipients.campaignId, id), eq(campaignRecipients.state, "waiting")));
    await enqueueWork(ctx, tx, { id, run }, CLAIM_TIMEOUT + MINUTE);
    return {
      event: CAMPAIGN_CANCELED,
      set: { status: "canceled", endedAt: now },
      moved: { count, from: "waiting", to: "skipped" },
    };
  });
}

/** Sends the emails again whose outcome is unknown. Some of them may arrive twice. Throws `not_found` or `conflict`. */
export async function resendUnknown(ctx: TenantContext, id: string): Promise<CampaignWithStats> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  await requireConfirmedEmail(ctx);
  return await change(ctx, id, ["sending", "paused", "sent"], async (tx, before) => {
    const again = await tx.update(campaignRecipients)
      .set({ state: "waiting", claimedAt: null, deferrals: 0, dueAt: null, reason: null })
      .where(and(eq(campaignRecipients.campaignId, id), eq(campaignRecipients.state, "unknown")))
      .returning({ id: campaignRecipients.id });
    if (again.length === 0) throw conflict(NOTHING_UNKNOWN);
    const status = before.status === "sent" ? "sending" as const : before.status;
    const set = { status, endedAt: null, counted: null };
    if (before.status === "sent") await enqueueWork(ctx, tx, before, 0);
    return { event: CAMPAIGN_RESUMED, set, moved: { count: again.length, from: "unknown", to: "waiting" } };
  });
}

/** `moved` are recipients who count differently from now on. */
type Changed = {
  event: Event<Campaign, "tenant">;
  set: Partial<Campaign>;
  moved?: { count: number; from: keyof CampaignStats; to: keyof CampaignStats };
};

/** Changes the status in a transaction with its event. */
async function change(
  ctx: TenantContext,
  id: string,
  from: CampaignStatus[],
  work: (tx: TenantTx, before: Campaign) => Promise<Changed>,
): Promise<CampaignWithStats> {
  return await ctx.tx(async (tx) => {
    const { stats, ...before } = await lockCounted(tx, id);
    requireStatus(before, from);
    const { event, set, moved } = await work(tx, before);
    const updatedAt = ctx.services.clock.now();
    const [after] = await tx.update(campaigns).set({ ...set, updatedAt, version: before.version + 1 })
      .where(eq(campaigns.id, id)).returning();
    await publish(ctx, tx, event, { before, after: after! });
    return { ...after!, stats: moved ? moveIn(stats, moved) : stats };
  });
}

function moveIn(stats: CampaignStats, { count, from, to }: NonNullable<Changed["moved"]>): CampaignStats {
  const moved = Math.min(count, stats[from]); // some may have been counted before they waited
  return { ...stats, [from]: stats[from] - moved, [to]: stats[to] + moved };
}

function requireStatus({ status }: Campaign, from: CampaignStatus[]): void {
  if (!from.includes(status)) throw conflict(WRONG_STATUS.with({ status }));
}

async function linksOf(ctx: TenantContext, campaign: Campaign): Promise<string[]> {
  return (await makeTemplate(ctx, campaign, await readPostalAddress(ctx))).links;
}

/** Keeps where the links lead. The content can't change from now on. */
async function addLinks(tx: TenantTx, campaignId: string, links: string[]): Promise<void> {
  await tx.delete(campaignLinks).where(eq(campaignLinks.campaignId, campaignId));
  if (links.length === 0) return;
  await tx.insert(campaignLinks)
    .values(links.map((url, position) => ({ id: newId(), campaignId, position, url })));
}
