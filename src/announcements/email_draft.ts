import { sql } from "drizzle-orm";
import { z } from "zod";
import { segments } from "../../db/tenant/schema/contacts.ts";
import { systemActor } from "../access/actor.ts";
import { authorize } from "../access/authorize.ts";
import { chosenPlans } from "../billing/plan_fields.ts";
import type { PlanKey } from "../billing/plans.ts";
import { createCampaign, newCampaign } from "../campaigns/campaigns.ts";
import type { SegmentFilter } from "../contacts/segment_filter.ts";
import { createSegment } from "../contacts/segments.ts";
import { type SystemContext, systemContext, type TenantContext } from "../context.ts";
import { invalid } from "../errors.ts";
import { newId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { shorten } from "../platform/shorten.ts";
import { openTenant } from "../tenancy/open_tenant.ts";
import { subdomainUrl, type Tenant } from "../tenancy/tenant.ts";
import { ANNOUNCEMENTS_MANAGE, newAnnouncement, publishAnnouncement } from "./announcements.ts";
import { findNewsSender } from "./news_sender.ts";
import { planTag, USER_TAG } from "./user_contacts.ts";

const SENDER_MISSING = problem("news_sender_missing", "No workspace can email news now. Choose one first.");

const MAX_NAME_LENGTH = 120;
const MAX_SUBJECT_LENGTH = 200;
const MAX_SEGMENT_NAME_LENGTH = 80;

/** Characters with a meaning in Markdown. Addresses stay as they are. */
const MARKDOWN = /https?:\/\/\S+|[\\`*_[\]<>~|{}&#!]|^[-+]|(?<=^\d{1,9})[.)]/g;
/** Characters that end a Markdown link, or start a merge field. */
const LINK_END = /[(){}\\]/g;

export const emailedAnnouncement = newAnnouncement.extend({ sendsEmail: z.literal("on").optional() });

/** The words that the draft needs in the reader's language. `segmentName` names the users with the chosen plans. */
export type DraftWords = { readMore: string; segmentName: (plans: PlanKey[]) => string };

/**
 * Shows an announcement from now on. With `sendsEmail`, the tenant that emails news gets a draft of a campaign first, for someone there
 * to review and send. Throws `forbidden`, or `invalid` on `sendsEmail` if no tenant can email news.
 */
export async function announce(
  ctx: SystemContext,
  { sendsEmail, ...input }: z.output<typeof emailedAnnouncement>,
  words: DraftWords,
): Promise<void> {
  authorize(ctx, ANNOUNCEMENTS_MANAGE);
  if (!sendsEmail) return await publishAnnouncement(ctx, input);
  const sender = await findNewsSender(ctx);
  if (!sender?.isAble) throw invalid({ sendsEmail: SENDER_MISSING });
  const id = newId();
  await draftEmail(ctx, sender.tenant, id, input, words);
  await publishAnnouncement(ctx, input, { id, senderId: sender.tenant.id });
}

/** The page of an announcement's campaign. */
export function campaignUrl({ services }: SystemContext, subdomain: string, announcementId: string): string {
  const origin = subdomainUrl(services.config.appUrl, { subdomain });
  return `${origin}/campaigns/${announcementId}`;
}

/** Staff have no permissions in the tenant, so the product creates the draft. The platform's log names who published. */
async function draftEmail(
  { services, requestId, ipAddress }: SystemContext,
  tenant: Tenant,
  id: string,
  { text, linkUrl, ...fields }: Omit<z.output<typeof emailedAnnouncement>, "sendsEmail">,
  { readMore, segmentName }: DraftWords,
): Promise<void> {
  const product = systemContext(services, systemActor("Announcements"), requestId, ipAddress);
  const ctx = await openTenant(product, tenant.id);
  const plans = chosenPlans(fields);
  const button = linkUrl ? `[${escaped(readMore)}](${linkUrl.replaceAll(LINK_END, encoded)}){button}` : "";
  const campaign = newCampaign.parse({
    name: shorten(text, MAX_NAME_LENGTH, lengthOf),
    subject: shorten(text, MAX_SUBJECT_LENGTH, lengthOf),
    body: [escaped(text), button].filter(Boolean).join("\n\n"),
    segmentId: await segmentOf(ctx, plans, shorten(segmentName(plans), MAX_SEGMENT_NAME_LENGTH, lengthOf)),
  });
  await createCampaign(ctx, campaign, id);
}

/** The segment of users with one of the plans, or of all users. */
async function segmentOf(ctx: TenantContext, plans: PlanKey[], name: string): Promise<string> {
  const hasTag = (value: string) => ({ type: "tag", op: "has", value }) as const;
  const hasPlan = plans.length === 0
    ? []
    : [{ type: "group", match: "any", conditions: plans.map((plan) => hasTag(planTag(plan))) } as const];
  const filter: SegmentFilter = { match: "all", conditions: [hasTag(USER_TAG), ...hasPlan] };
  const [[known]] = await ctx.read((tx) => [
    tx.select({ id: segments.id }).from(segments)
      .where(sql`${segments.filter} = ${JSON.stringify(filter)}::jsonb`).orderBy(segments.id).limit(1),
  ]);
  return known?.id ?? (await createSegment(ctx, { name, filter })).id;
}

function escaped(text: string): string {
  return text.replaceAll(MARKDOWN, (found) => found.length > 1 ? found : `\\${found}`);
}

function encoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function lengthOf(text: string): number {
  return text.length;
}
