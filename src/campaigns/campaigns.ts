import { eq, ilike, or } from "drizzle-orm";
import { z } from "zod";
import { campaigns } from "../../db/tenant/schema/campaigns.ts";
import { describeActor } from "../access/actor.ts";
import { authorize, authorizeReading } from "../access/authorize.ts";
import { requireFeature } from "../billing/plan_features.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "../contacts/permissions.ts";
import type { TenantContext } from "../context.ts";
import { conflict, invalid, preconditionFailed } from "../errors.ts";
import { changedFields } from "../events/changes.ts";
import { publish } from "../events/publish.ts";
import { newToken } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import { list, type ListQuery, type Page, type PlacedPage } from "../platform/list.ts";
import { equalFilter, searchFilter } from "../platform/list_filters.ts";
import { momentKey, nameKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";
import { multiLine, singleLine } from "../platform/text.ts";
import { type Campaign, type CampaignStatus, EDITABLE, lockCampaign, readCampaign } from "./campaign.ts";
import { CAMPAIGN_CREATED, CAMPAIGN_DELETED, CAMPAIGN_UPDATED } from "./events.ts";
import { type CampaignWithStats, lockCounted, withoutRecipients, withStats } from "./stats.ts";

const NAME_MISSING = problem("campaign_name_missing", "Enter a name.");
const SUBJECT_MISSING = problem("campaign_subject_needed", "Enter a subject.");
const CHANGED_MEANWHILE = problem(
  "campaign_changed_meanwhile",
  "Someone has changed this campaign since you opened it. Review the changes before you save.",
);
const NOT_A_DRAFT = problem(
  "campaign_not_a_draft",
  "Only a draft can be changed. This campaign is {status}.",
);
const IN_USE = problem("campaign_in_use", "Cancel the campaign before you delete it. It is {status}.");
const HOUR_INVALID = problem("campaign_hour_invalid", "Use a whole hour from 0 to 24.");
const WINDOW_INCOMPLETE = problem(
  "campaign_window_incomplete",
  "Enter two different hours, or leave both empty.",
);
const RATE_INVALID = problem("campaign_rate_invalid", "Use a whole number from 1 to 100,000.");
const SHARE_INVALID = problem("campaign_share_invalid", "Use a percentage from 10 to 100.");
const TEST_HOURS_INVALID = problem(
  "campaign_test_hours_invalid",
  "Use a whole number of hours from 1 to 168.",
);
const TEST_INCOMPLETE = problem("campaign_test_incomplete", "A test needs a second subject.");

const MAX_NAME_LENGTH = 120;
const MAX_SUBJECT_LENGTH = 200;
const MAX_BODY_LENGTH = 50_000;
const DEFAULT_SHARE = 20; // percent
const DEFAULT_TEST_HOURS = 4;

const name = singleLine(MAX_NAME_LENGTH, NAME_MISSING);
const subject = singleLine(MAX_SUBJECT_LENGTH, SUBJECT_MISSING);
const body = multiLine(MAX_BODY_LENGTH);
const hour = z.int(HOUR_INVALID.code).min(0, HOUR_INVALID.code).max(24, HOUR_INVALID.code).nullable();
const fields = z.object({
  name,
  subject,
  body,
  segmentId: z.uuid().nullable(),
  subjectB: subject.nullable(),
  testShare: z.int(SHARE_INVALID.code).min(10, SHARE_INVALID.code).max(100, SHARE_INVALID.code).nullable(),
  testHours: z.int(TEST_HOURS_INVALID.code).min(1, TEST_HOURS_INVALID.code).max(168, TEST_HOURS_INVALID.code)
    .nullable(),
  windowFrom: hour,
  windowUntil: hour,
  ratePerHour: z.int(RATE_INVALID.code).min(1, RATE_INVALID.code).max(100_000, RATE_INVALID.code).nullable(),
  tracksOpens: z.boolean(),
});

export const newCampaign = z.object({
  ...fields.shape,
  body: body.default(""),
  segmentId: fields.shape.segmentId.default(null),
  subjectB: fields.shape.subjectB.default(null),
  testShare: fields.shape.testShare.default(null),
  testHours: fields.shape.testHours.default(null),
  windowFrom: hour.default(null),
  windowUntil: hour.default(null),
  ratePerHour: fields.shape.ratePerHour.default(null),
  tracksOpens: z.boolean().default(false),
});
export type NewCampaign = z.output<typeof newCampaign>;

export const campaignChanges = fields.partial();
export type CampaignChanges = z.output<typeof campaignChanges>;

export type { CampaignWithStats };

const STATUSES = ["draft", "scheduled", "missed", "sending", "paused", "sent", "canceled"] as const;

export const CAMPAIGN_LIST = list("campaigns", {
  select: (db) => db.select().from(campaigns),
  id: campaigns.id,
  sorts: { name: nameKey(campaigns.name), createdAt: momentKey(campaigns.createdAt) },
  defaultSort: "-createdAt",
  filters: {
    search: searchFilter((pattern) => or(ilike(campaigns.name, pattern), ilike(campaigns.subject, pattern))),
    status: equalFilter(z.enum(STATUSES), campaigns.status),
  },
  count: (db, counts) => db.select(counts).from(campaigns),
  tabs: "status",
});

/** One page of campaigns with their figures. Throws `invalid` for a cursor of another list. */
export async function listCampaigns(
  ctx: TenantContext,
  query: ListQuery<typeof CAMPAIGN_LIST>,
): Promise<Page<CampaignWithStats>> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  const [page] = await ctx.read((tx) => [CAMPAIGN_LIST.page(tx, query)]);
  return { ...page, items: await withStats(ctx, page.items) };
}

/** Like `listCampaigns`, with the page's place in the list and the number of campaigns in each status. */
export async function browseCampaigns(
  ctx: TenantContext,
  query: ListQuery<typeof CAMPAIGN_LIST>,
): Promise<PlacedPage<CampaignWithStats, CampaignStatus>> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  const page = await CAMPAIGN_LIST.placedPage<CampaignStatus>(ctx.read, query);
  return { ...page, items: await withStats(ctx, page.items) };
}

/** Throws `not_found`. */
export async function getCampaign(ctx: TenantContext, id: string): Promise<CampaignWithStats> {
  const [shown] = await withStats(ctx, [await readCampaign(ctx, id)]);
  return shown!;
}

/**
 * Creates a draft. If a campaign with `id` exists, the request is a repeat and creates nothing. Throws `feature_not_in_plan` or
 * `invalid`.
 */
export async function createCampaign(
  ctx: TenantContext,
  input: NewCampaign,
  id = newId(),
): Promise<CampaignWithStats> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  const now = ctx.services.clock.now();
  const values = complete(input);
  return await ctx.tx(async (tx) => {
    const [campaign] = await tx.insert(campaigns)
      .values({ ...values, id, createdBy: describeActor(ctx.actor).id, createdAt: now, updatedAt: now })
      .onConflictDoNothing({ target: campaigns.id }).returning();
    if (!campaign) return await lockCounted(tx, id);
    await publish(ctx, tx, CAMPAIGN_CREATED, { after: campaign });
    return withoutRecipients(campaign);
  });
}

/**
 * Changes a draft. With `expectedVersions`, only if it still has one of them. Throws `not_found`, `precondition_failed`,
 * `conflict` if it is no draft, `feature_not_in_plan`, or `invalid`.
 */
export async function updateCampaign(
  ctx: TenantContext,
  id: string,
  changes: CampaignChanges,
  expectedVersions?: readonly number[],
): Promise<CampaignWithStats> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  return await ctx.tx(async (tx) => {
    const { stats, ...before } = await lockCounted(tx, id);
    if (expectedVersions && !expectedVersions.includes(before.version)) {
      throw preconditionFailed(CHANGED_MEANWHILE);
    }
    const changed = changedFields<Campaign>(before, complete({ ...contentOf(before), ...changes }));
    if (Object.keys(changed).length === 0) return { ...before, stats };
    if (!EDITABLE.includes(before.status)) throw conflict(NOT_A_DRAFT.with({ status: before.status }));
    const set = { ...changed, version: before.version + 1, updatedAt: ctx.services.clock.now() };
    const [after] = await tx.update(campaigns).set(set).where(eq(campaigns.id, id)).returning();
    await publish(ctx, tx, CAMPAIGN_UPDATED, { before, after: after! });
    return { ...after!, stats };
  });
}

/** Creates a draft with the same content. Throws `not_found`. */
export async function duplicateCampaign(
  ctx: TenantContext,
  id: string,
  copyName: (name: string) => string,
): Promise<CampaignWithStats> {
  const original = await readCampaign(ctx, id);
  const name = copyName(original.name).slice(0, MAX_NAME_LENGTH);
  return await createCampaign(ctx, { ...contentOf(original), name });
}

/**
 * Deletes a campaign with its figures. Throws `not_found`, `precondition_failed`, or `conflict` while it is scheduled or being sent.
 */
export async function deleteCampaign(
  ctx: TenantContext,
  id: string,
  expectedVersions?: readonly number[],
): Promise<Campaign> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  return await ctx.tx(async (tx) => {
    const campaign = await lockCampaign(tx, id);
    if (expectedVersions && !expectedVersions.includes(campaign.version)) {
      throw preconditionFailed(CHANGED_MEANWHILE);
    }
    if (["scheduled", "sending", "paused"].includes(campaign.status)) {
      throw conflict(IN_USE.with({ status: campaign.status }));
    }
    await tx.delete(campaigns).where(eq(campaigns.id, id));
    await publish(ctx, tx, CAMPAIGN_DELETED, { before: campaign });
    return campaign;
  });
}

/** Turns the campaign's public page on or off. A page that is turned on again gets another address. Throws `not_found`. */
export async function setArchive(ctx: TenantContext, id: string, isOn: boolean): Promise<Campaign> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  return await ctx.tx(async (tx) => {
    const before = await lockCampaign(tx, id);
    if ((before.archiveToken !== null) === isOn) return before;
    const [after] = await tx.update(campaigns).set({ archiveToken: isOn ? newToken() : null })
      .where(eq(campaigns.id, id)).returning();
    await publish(ctx, tx, CAMPAIGN_UPDATED, { before, after: after! });
    return after!;
  });
}

function contentOf(campaign: Campaign): NewCampaign {
  return Object.fromEntries(
    Object.keys(newCampaign.shape).map((key) => [key, campaign[key as keyof Campaign]]),
  ) as NewCampaign;
}

/** The values as they are stored: a test has a share and a duration, and the sending window both hours. Throws `invalid`. */
function complete(input: NewCampaign): NewCampaign {
  const { subjectB, testShare, testHours, windowFrom, windowUntil } = input;
  if (
    (windowFrom === null) !== (windowUntil === null) || (windowFrom !== null && windowFrom === windowUntil)
  ) {
    throw invalid({ windowUntil: WINDOW_INCOMPLETE });
  }
  if (subjectB === null) {
    if (testShare !== null || testHours !== null) throw invalid({ subjectB: TEST_INCOMPLETE });
    return input;
  }
  return { ...input, testShare: testShare ?? DEFAULT_SHARE, testHours: testHours ?? DEFAULT_TEST_HOURS };
}
