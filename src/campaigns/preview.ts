import { eq } from "drizzle-orm";
import { z } from "zod";
import { campaigns } from "../../db/tenant/schema/campaigns.ts";
import { users } from "../../db/control/schema/users.ts";
import type { RenderedEmail } from "../../views/emails/render.tsx";
import { describeActor, type UserId } from "../access/actor.ts";
import { authorize, requirePerson } from "../access/authorize.ts";
import { requireConfirmedEmail } from "../access/confirmed_email.ts";
import { requireFeature } from "../billing/plan_features.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "../contacts/permissions.ts";
import type { TenantContext } from "../context.ts";
import { deliver } from "../email/deliver.ts";
import { notFound } from "../errors.ts";
import { job, type JobRun, tenantOf } from "../outbox/job.ts";
import { PermanentFailure } from "../outbox/job_outcomes.ts";
import { enqueue } from "../outbox/outbox.ts";
import { HOUR } from "../platform/clock.ts";
import { idSchema, isId } from "../platform/ids.ts";
import { isSameSecret } from "../platform/crypto.ts";
import { enforce } from "../rate_limits/limiter.ts";
import { rateLimit } from "../rate_limits/rate_limit.ts";
import { tenantUrl } from "../tenancy/tenant.ts";
import { campaignSender } from "../sending_domains/sender.ts";
import { CAMPAIGN_NOT_FOUND, readCampaign, type Variant } from "./campaign.ts";
import type { Merged } from "./merge_fields.ts";
import { readPostalAddress } from "./settings.ts";
import { type Content, makeTemplate, personalize } from "./template.ts";

/** Whom a preview is written to. */
const SAMPLE: Merged = { email: "ada.lovelace@example.com", name: "Ada Lovelace", fields: {} };
/** On a public page, every merge field shows its fallback. */
const NOBODY: Merged = { email: "", name: "", fields: {} };

export const TEST_EMAILS = rateLimit("campaign_tests", { limit: 30, window: HOUR, whenDown: "closed" });

/** The email as a sample recipient gets it. Its links lead straight to their targets. Throws `not_found`. */
export async function previewCampaign(ctx: TenantContext, id: string): Promise<RenderedEmail> {
  return await previewEmail(ctx, await readCampaign(ctx, id));
}

/** An email of these texts, as a sample recipient gets it. Checks no permission. */
export async function previewEmail(ctx: TenantContext, content: Content): Promise<RenderedEmail> {
  return await render(ctx, content, "a", SAMPLE);
}

/** The public page of a campaign. Throws `not_found` unless it is turned on, the token is right, and sending has started. */
export async function openArchive(ctx: TenantContext, id: string, token: string): Promise<RenderedEmail> {
  const [[campaign]] = isId(id)
    ? await ctx.read((tx) => [tx.select().from(campaigns).where(eq(campaigns.id, id))])
    : [[]];
  const isOpen = campaign?.archiveToken && isSameSecret(campaign.archiveToken, token) &&
    campaign.startedAt !== null;
  if (!campaign || !isOpen) throw notFound(CAMPAIGN_NOT_FOUND);
  return await render(ctx, campaign, campaign.winner ?? "a", NOBODY);
}

/** Sends the email to the actor. Throws `not_found`, `forbidden` while the address is unconfirmed, or `rate_limited`. */
export async function sendTest(ctx: TenantContext, id: string): Promise<void> {
  const campaign = await readCampaign(ctx, id);
  const request = { campaignId: campaign.id, userId: await allowTest(ctx) };
  await ctx.system.tx((tx) => enqueue(ctx.system, tx, SEND_TEST, request, { tenantId: ctx.tenant.id }));
}

export const SEND_TEST = job("campaigns.test", {
  queue: "email",
  payload: z.object({ campaignId: z.uuid(), userId: idSchema<UserId>() }),
  run: async (run, { campaignId, userId }) => {
    await deliverTest(run, await readCampaign(tenantOf(run), campaignId), userId);
  },
});

/**
 * Returns who may get a test email: the actor. Throws `forbidden`, also while the address is unconfirmed, `feature_not_in_plan`, or
 * `rate_limited`.
 */
export async function allowTest(ctx: TenantContext): Promise<UserId> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  requirePerson(ctx.actor);
  await requireConfirmedEmail(ctx);
  await enforce(ctx.system, TEST_EMAILS, ctx.tenant.id);
  return describeActor(ctx.actor).id as UserId;
}

/** Sends an email of these texts to a user, in a job. */
export async function deliverTest(run: JobRun, email: Content, userId: UserId): Promise<void> {
  const ctx = tenantOf(run);
  const [reader] = await ctx.system.control.select({ email: users.email, name: users.name }).from(users)
    .where(eq(users.id, userId));
  if (!reader) return;
  const { subject, ...content } = await render(ctx, email, "a", { ...reader, fields: {} });
  const { from, dkim } = await campaignSender(ctx.system, ctx.tenant.id);
  const delivery = await deliver(ctx.system, {
    id: run.id,
    to: { name: "", address: reader.email },
    from,
    dkim,
    subject: `[Test] ${subject}`,
    ...content,
    headers: {},
    tenantId: ctx.tenant.id,
    message: "campaign_test",
    category: "campaigns",
  });
  if (delivery.status === "deferred") throw new Error(delivery.reason);
  if (delivery.status === "refused") throw new PermanentFailure(delivery.reason);
}

async function render(
  ctx: TenantContext,
  content: Content,
  variant: Variant,
  merged: Merged,
): Promise<RenderedEmail> {
  const template = await makeTemplate(ctx, content, await readPostalAddress(ctx));
  const { links, fields } = template;
  return personalize(template, variant, merged, {
    link: (position) => fields.fill(links[position]!, merged, "text"),
    unsubscribeUrl: tenantUrl(ctx.services.config.appUrl, ctx.tenant),
    openUrl: null,
  });
}
