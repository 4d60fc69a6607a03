import { and, asc, eq, gt, inArray, isNotNull, sql } from "drizzle-orm";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { campaignRecipients, campaigns } from "../../db/tenant/schema/campaigns.ts";
import { contacts } from "../../db/tenant/schema/contacts.ts";
import { reserve } from "../billing/limits.ts";
import { unsubscribeUrl } from "../contacts/links.ts";
import type { TenantContext } from "../context.ts";
import { deliver, type Delivery } from "../email/deliver.ts";
import { isPlainName } from "../email/plain_names.ts";
import { DomainError } from "../errors.ts";
import { after, HOUR } from "../platform/clock.ts";
import { type Campaign, isCurrentRun, type Variant } from "./campaign.ts";
import { type CampaignSender, campaignSender } from "../sending_domains/sender.ts";
import { EMAIL_LIMIT } from "./limits.ts";
import { clickUrl, openUrl } from "./links.ts";
import { readPostalAddress } from "./settings.ts";
import { makeTemplate, personalize, type Template } from "./template.ts";

/** How many emails of a campaign are on their way at once. */
const LANES = 2;
/** After so many deferrals in a row, the email server itself has a problem. */
const DEFERRALS_IN_A_ROW = 3;
/** Over half a day, as each wait is twice as long as the one before. */
const MAX_DEFERRALS = 14;
const SKIPPED_AT_ONCE = 200;
const MINUTES = 60;
const MAX_REASON_LENGTH = 300;

export type SliceOptions = { deadline: number; signal: AbortSignal; isTesting: boolean; winner: Variant };

/** `deferrals` is the highest count of an email that was put off. */
export type SliceEnd = { stopped: "limit" | "content" | "rate" | null; deferrals: number };

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
  /** The last contact who was claimed. */
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
    end: { stopped: null, deferrals: 0 },
    allowance: await allowanceOf(ctx, campaign),
    deferralsInARow: 0,
    last: null,
  };
  if (template.problems.length > 0) return { ...slice.end, stopped: "content" };
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, () => sendInTurn(ctx, slice)));
  const failed = lanes.find((lane) => lane.status === "rejected");
  if (failed) throw failed.reason;
  return slice.end;
}

async function sendInTurn(ctx: TenantContext, slice: Slice): Promise<void> {
  let outcome: Outcome | null = null;
  while (true) {
    const claim: Claim | null = await ctx.tx(async (tx) => {
      if (outcome) await record(tx, outcome);
      return mayGoOn(slice) ? await claimNext(ctx, tx, slice) : null;
    });
    if (!claim) return;
    outcome = outcomeOf(ctx, slice, claim, await sendTo(ctx, slice, claim));
  }
}

function mayGoOn({ deadline, signal, end, allowance, deferralsInARow }: Slice): boolean {
  if (allowance <= 0) end.stopped ??= "rate";
  return end.stopped === null && !signal.aborted && performance.now() < deadline &&
    deferralsInARow < DEFERRALS_IN_A_ROW;
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

async function claimOne(
  { services }: TenantContext,
  tx: TenantTx,
  slice: Slice,
): Promise<Recipient | null> {
  const { campaign, isTesting } = slice;
  const r = campaignRecipients;
  const waiting = tx.select({ id: r.id }).from(r).where(and(
    eq(r.campaignId, campaign.id),
    eq(r.state, "waiting"),
    slice.last === null ? undefined : gt(r.contactId, slice.last),
    isTesting ? isNotNull(r.variant) : undefined,
    sql`exists (${tx.select({ id: campaigns.id }).from(campaigns).where(isCurrentRun(campaign))})`,
  )).orderBy(asc(r.contactId)).limit(1).for("update", { skipLocked: true });
  const [claimed] = await tx.update(r).set({ state: "claimed", claimedAt: services.clock.now() })
    .where(sql`${r.id} = (${waiting})`).returning();
  if (!claimed) return null;
  if (slice.last === null || claimed.contactId > slice.last) slice.last = claimed.contactId;
  return claimed;
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

async function sendTo(ctx: TenantContext, slice: Slice, { recipient, contact }: Claim): Promise<Delivery> {
  const { campaign, template, winner, sender } = slice;
  const unsubscribe = unsubscribeUrl(ctx, contact.id, campaign.id);
  const content = personalize(template, recipient.variant ?? winner, contact, {
    link: (position) => clickUrl(ctx, recipient.id, position),
    unsubscribeUrl: unsubscribe,
    openUrl: campaign.tracksOpens ? openUrl(ctx, recipient.id) : null,
  });
  try {
    return await deliver(ctx.system, {
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
  } catch (error) {
    slice.end.stopped ??= "rate"; // a dependency is down: the next job tries the others
    return {
      status: "deferred",
      reason: error instanceof Error ? error.message : String(error),
      isUnsure: true,
    };
  }
}

type Outcome = { id: string; set: Partial<Recipient> };

function outcomeOf(
  { services }: TenantContext,
  slice: Slice,
  { recipient: { id, deferrals } }: Claim,
  delivery: Delivery,
): Outcome {
  const now = services.clock.now();
  slice.deferralsInARow = delivery.status === "deferred" ? slice.deferralsInARow + 1 : 0;
  if (delivery.status === "accepted") return { id, set: { state: "sent", sentAt: now, reason: null } };
  const reason = delivery.reason.slice(0, MAX_REASON_LENGTH);
  if (delivery.status === "suppressed") return { id, set: { state: "skipped", reason: "suppressed" } };
  if (delivery.status === "refused") {
    return { id, set: { state: "failed", reason, bouncedAt: delivery.recipient ? now : null } };
  }
  if (delivery.isUnsure) return { id, set: { state: "unknown", reason } };
  if (deferrals + 1 >= MAX_DEFERRALS) return { id, set: { state: "failed", reason } };
  slice.end.deferrals = Math.max(slice.end.deferrals, deferrals + 1);
  return { id, set: { state: "waiting", claimedAt: null, deferrals: deferrals + 1, reason } };
}

/** The row may have become `unknown` meanwhile, if this process stood still. Now the outcome is known. */
async function record(tx: TenantTx, { id, set }: Outcome): Promise<void> {
  await tx.update(campaignRecipients).set(set)
    .where(and(eq(campaignRecipients.id, id), inArray(campaignRecipients.state, ["claimed", "unknown"])));
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
