import { and, asc, eq, gt, isNotNull, isNull, lte, type SQL, sql } from "drizzle-orm";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { campaignRecipients, campaigns } from "../../db/tenant/schema/campaigns.ts";
import { contacts } from "../../db/tenant/schema/contacts.ts";
import type { RenderedEmail } from "../../views/emails/render.tsx";
import { release, reserve } from "../billing/limits.ts";
import { unsubscribeUrl } from "../contacts/links.ts";
import type { TenantContext } from "../context.ts";
import { deliver, type Delivery } from "../email/deliver.ts";
import { isPlainName } from "../email/plain_names.ts";
import { DomainError } from "../errors.ts";
import { after, HOUR, MINUTE } from "../platform/clock.ts";
import { type Campaign, isCurrentRun, type Variant } from "./campaign.ts";
import { type CampaignSender, campaignSender } from "../sending_domains/sender.ts";
import { EMAIL_LIMIT } from "./limits.ts";
import { clickUrl, openUrl } from "./links.ts";
import { readPostalAddress } from "./settings.ts";
import { forgetStats } from "./stats.ts";
import { makeTemplate, personalize, type Template } from "./template.ts";

/** How many emails of a campaign are on their way at once. */
const LANES = 2;
/** After so many deferrals in a row, the email server itself has a problem. */
const DEFERRALS_IN_A_ROW = 3;
/** Over half a day, as each wait is twice as long as the one before. */
const MAX_DEFERRALS = 14;
const LONGEST_DELAY = 4 * HOUR;
const SKIPPED_AT_ONCE = 200;
const MINUTES = 60;
const MAX_REASON_LENGTH = 300;

export type SliceOptions = { deadline: number; signal: AbortSignal; isTesting: boolean; winner: Variant };

/** Why a slice stopped before its deadline. `outage`: the email server defers one email after another. */
export type SliceEnd = { stopped: "limit" | "content" | "rate" | "outage" | null };

type Recipient = typeof campaignRecipients.$inferSelect;
type Contact = typeof contacts.$inferSelect;
type Claim = { recipient: Recipient; contact: Contact };

/** The state that the lanes of a slice share. */
type Slice = SliceOptions & {
  campaign: Campaign;
  template: Template;
  sender: CampaignSender;
  end: SliceEnd;
  /** How many more emails the campaign's rate allows. */
  allowance: number;
  deferralsInARow: number;
  /** The last contact who was claimed for the first time. */
  last: string | null;
};

/**
 * Sends emails until the deadline, one after another in each lane. An email is claimed and the claim committed before it leaves, and
 * its outcome is committed together with the next claim.
 */
export async function sendSlice(
  ctx: TenantContext,
  campaign: Campaign,
  options: SliceOptions,
): Promise<SliceEnd> {
  const template = await makeTemplate(ctx, campaign, await readPostalAddress(ctx));
  const slice: Slice = {
    ...options,
    campaign,
    template,
    sender: await campaignSender(ctx.system, ctx.tenant.id),
    end: { stopped: null },
    allowance: await allowanceOf(ctx, campaign),
    deferralsInARow: 0,
    last: null,
  };
  if (template.problems.length > 0) return { stopped: "content" };
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, () => sendInTurn(ctx, slice)));
  const failed = lanes.find((lane) => lane.status === "rejected");
  if (failed) throw failed.reason;
  return slice.end;
}

async function sendInTurn(ctx: TenantContext, slice: Slice): Promise<void> {
  let outcome: Outcome | null = null;
  while (true) {
    const claim: Claim | null = await ctx.tx(async (tx) => {
      if (outcome) await record(tx, slice.campaign, outcome);
      return mayGoOn(slice) ? await claimNext(ctx, tx, slice) : null;
    });
    if (!claim) return;
    outcome = outcomeOf(ctx, slice, claim, await sendTo(ctx, slice, claim));
  }
}

function mayGoOn({ deadline, signal, end, allowance, deferralsInARow }: Slice): boolean {
  if (allowance <= 0) end.stopped ??= "rate";
  if (deferralsInARow >= DEFERRALS_IN_A_ROW) end.stopped ??= "outage";
  return end.stopped === null && !signal.aborted && performance.now() < deadline;
}

/** Claims the next recipient who may get the email at this moment, and skips those who may not. */
async function claimNext(ctx: TenantContext, tx: TenantTx, slice: Slice): Promise<Claim | null> {
  for (let skipped = 0; skipped < SKIPPED_AT_ONCE; skipped++) {
    const recipient = await claimOne(ctx, tx, slice);
    if (!recipient) return null;
    const [contact] = await tx.select().from(contacts).where(eq(contacts.id, recipient.contactId));
    const reason = !contact ? "deleted" : contact.consent !== "given" ? "no_consent" : null;
    if (contact && reason === null) return await withinLimit(ctx, tx, slice, { recipient, contact });
    await tx.update(campaignRecipients).set({ state: "skipped", reason, claimedAt: null })
      .where(eq(campaignRecipients.id, recipient.id));
  }
  return null;
}

/** Claims who hasn't been tried yet, in the order of contacts, and after them who is due again. */
async function claimOne(ctx: TenantContext, tx: TenantTx, slice: Slice): Promise<Recipient | null> {
  const r = campaignRecipients;
  const isNew = and(isNull(r.dueAt), slice.last === null ? undefined : gt(r.contactId, slice.last));
  const claimed = await claimFirst(ctx, tx, slice, isNew!, asc(r.contactId));
  if (!claimed) return await claimFirst(ctx, tx, slice, lte(r.dueAt, ctx.services.clock.now()), asc(r.dueAt));
  if (slice.last === null || claimed.contactId > slice.last) slice.last = claimed.contactId;
  return claimed;
}

async function claimFirst(
  { services }: TenantContext,
  tx: TenantTx,
  { campaign, isTesting }: Slice,
  isWanted: SQL,
  order: SQL,
): Promise<Recipient | null> {
  const r = campaignRecipients;
  const waiting = tx.select({ id: r.id }).from(r).where(and(
    eq(r.campaignId, campaign.id),
    eq(r.state, "waiting"),
    isWanted,
    isTesting ? isNotNull(r.variant) : undefined,
    sql`exists (${tx.select({ id: campaigns.id }).from(campaigns).where(isCurrentRun(campaign))})`,
  )).orderBy(order).limit(1).for("update", { skipLocked: true });
  const [claimed] = await tx.update(r).set({ state: "claimed", claimedAt: services.clock.now() })
    .where(sql`${r.id} = (${waiting})`).returning();
  return claimed ?? null;
}

/** Counts the email toward the plan's emails of the month. */
async function withinLimit(
  ctx: TenantContext,
  tx: TenantTx,
  slice: Slice,
  claim: Claim,
): Promise<Claim | null> {
  try {
    await reserve(ctx, tx, EMAIL_LIMIT);
    slice.allowance--;
    return claim;
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== "limit_reached") throw error;
    await tx.update(campaignRecipients).set({ state: "waiting", claimedAt: null })
      .where(eq(campaignRecipients.id, claim.recipient.id));
    slice.end.stopped = "limit";
    return null;
  }
}

/** A content that can't be filled fails one email. It must not end the job, which would claim the next recipients. */
async function sendTo(ctx: TenantContext, slice: Slice, claim: Claim): Promise<Delivery> {
  const unsubscribe = unsubscribeUrl(ctx, claim.contact.id, slice.campaign.id);
  let content: RenderedEmail;
  try {
    content = contentFor(ctx, slice, claim, unsubscribe);
  } catch (error) {
    return { status: "refused", recipient: false, reason: messageOf(error) };
  }
  try {
    return await deliverTo(ctx, slice, claim, { content, unsubscribe });
  } catch (error) {
    slice.end.stopped ??= "rate"; // a dependency is down: the next job tries the others
    return { status: "deferred", reason: messageOf(error), isUnsure: true };
  }
}

function contentFor(
  ctx: TenantContext,
  slice: Slice,
  { recipient, contact }: Claim,
  unsubscribeUrl: string,
): RenderedEmail {
  const { campaign, template, winner } = slice;
  return personalize(template, recipient.variant ?? winner, contact, {
    link: (position) => clickUrl(ctx, recipient.id, position),
    unsubscribeUrl,
    openUrl: campaign.tracksOpens ? openUrl(ctx, recipient.id) : null,
  });
}

function deliverTo(
  ctx: TenantContext,
  { campaign, sender }: Slice,
  { recipient, contact }: Claim,
  { content, unsubscribe }: { content: RenderedEmail; unsubscribe: string },
): Promise<Delivery> {
  return deliver(ctx.system, {
    id: recipient.id,
    to: { name: isPlainName(contact.name) ? contact.name : "", address: contact.email },
    from: sender.from,
    dkim: sender.dkim,
    returnPath: sender.returnPath(contact),
    ...content,
    headers: {
      "List-Unsubscribe": `<${unsubscribe}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      "List-Id": `<${campaign.id}.${new URL(unsubscribe).hostname}>`,
    },
    tags: { tenant: ctx.tenant.id, recipient: recipient.id },
    tenantId: ctx.tenant.id,
    message: "campaign",
    category: "campaigns",
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

type Outcome = { recipient: Recipient; set: Partial<Recipient> };

function outcomeOf(
  { services }: TenantContext,
  slice: Slice,
  { recipient }: Claim,
  delivery: Delivery,
): Outcome {
  const now = services.clock.now();
  const of = (set: Partial<Recipient>) => ({ recipient, set });
  slice.deferralsInARow = delivery.status === "deferred" ? slice.deferralsInARow + 1 : 0;
  if (delivery.status === "accepted") return of({ state: "sent", sentAt: now, reason: null });
  const reason = delivery.reason.slice(0, MAX_REASON_LENGTH);
  if (delivery.status === "suppressed") return of({ state: "skipped", reason: "suppressed" });
  if (delivery.status === "refused") {
    return of({ state: "failed", reason, bouncedAt: delivery.recipient ? now : null });
  }
  if (delivery.isUnsure) return of({ state: "unknown", reason });
  const deferrals = recipient.deferrals + 1;
  if (deferrals >= MAX_DEFERRALS) return of({ state: "failed", reason });
  const dueAt = after(now, Math.min(MINUTE * 2 ** (deferrals - 1), LONGEST_DELAY));
  return of({ state: "waiting", claimedAt: null, deferrals, dueAt, reason });
}

/** An email that didn't leave doesn't count toward the plan's emails of the month. */
async function record(tx: TenantTx, campaign: Campaign, { recipient, set }: Outcome): Promise<void> {
  const r = campaignRecipients;
  const change = set.state === "waiting" && await isOver(tx, campaign)
    ? { state: "skipped" as const, reason: "canceled" }
    : set;
  const setFrom = (state: Recipient["state"]) =>
    tx.update(r).set(change).where(and(eq(r.id, recipient.id), eq(r.state, state))).returning({ id: r.id });
  let changed = await setFrom("claimed");
  if (changed.length === 0) {
    // It became `unknown` while this process stood still. Now the outcome is known.
    await forgetStats(tx, campaign.id);
    changed = await setFrom("unknown");
  }
  const hasLeft = set.state === "sent" || set.state === "unknown";
  if (changed.length > 0 && !hasLeft) await release(tx, EMAIL_LIMIT, recipient.claimedAt!);
}

/** Whether nobody gets the campaign anymore. It can't be canceled until the transaction ends. */
async function isOver(tx: TenantTx, { id }: Campaign): Promise<boolean> {
  const [campaign] = await tx.select({ status: campaigns.status }).from(campaigns)
    .where(eq(campaigns.id, id)).for("no key update");
  return campaign?.status !== "sending" && campaign?.status !== "paused";
}

/** A minute's share of the rate, and never more than the rate in any hour. */
async function allowanceOf(ctx: TenantContext, { id, ratePerHour }: Campaign): Promise<number> {
  if (ratePerHour === null) return Infinity;
  const since = after(ctx.services.clock.now(), -HOUR);
  const recent = await ctx.tx((tx) =>
    tx.$count(
      campaignRecipients,
      and(eq(campaignRecipients.campaignId, id), gt(campaignRecipients.claimedAt, since)),
    )
  );
  return Math.min(Math.ceil(ratePerHour / MINUTES), ratePerHour - recent);
}
