import { eq } from "drizzle-orm";
import { z } from "zod";
import { campaigns } from "../../db/tenant/schema/campaigns.ts";
import { users } from "../../db/control/schema/users.ts";
import type { RenderedEmail } from "../../views/emails/render.tsx";
import { describeActor, type UserId } from "../access/actor.ts";
import { authorize, authorizeReading, requirePerson } from "../access/authorize.ts";
import { requireConfirmedEmail } from "../access/confirmed_email.ts";
import { requireFeature } from "../billing/plan_features.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "../contacts/permissions.ts";
import type { TenantContext } from "../context.ts";
import { deliver } from "../email/deliver.ts";
import { notFound } from "../errors.ts";
import { job, tenantOf } from "../outbox/job.ts";
import { PermanentFailure } from "../outbox/job_outcomes.ts";
import { enqueue } from "../outbox/outbox.ts";
import { HOUR } from "../platform/clock.ts";
import { idSchema, isId } from "../platform/ids.ts";
import { isSameSecret } from "../platform/crypto.ts";
import { enforce } from "../rate_limits/limiter.ts";
import { rateLimit } from "../rate_limits/rate_limit.ts";
import { tenantUrl } from "../tenancy/tenant.ts";
import { campaignSender } from "../sending_domains/sender.ts";
import { type Campaign, CAMPAIGN_NOT_FOUND, readCampaign, type Variant } from "./campaign.ts";
import type { Merged } from "./merge_fields.ts";
import { readPostalAddress } from "./settings.ts";
import { makeTemplate, personalize } from "./template.ts";

/** Whom a preview is written to. */
const SAMPLE: Merged = { email: "ada.lovelace@example.com", name: "Ada Lovelace", fields: {} };
/** On a public page, every merge field shows its fallback. */
const NOBODY: Merged = { email: "", name: "", fields: {} };

export const TEST_EMAILS = rateLimit("campaign_tests", { limit: 30, window: HOUR, whenDown: "closed" });

/** The email as a sample recipient gets it. Its links lead straight to their targets. Throws `not_found`. */
export async function previewCampaign(
  ctx: TenantContext,
  id: string,
  variant: Variant = "a",
): Promise<RenderedEmail> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  return await render(ctx, await getCampaign(ctx, id), variant, SAMPLE);
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
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  requirePerson(ctx.actor);
  await requireConfirmedEmail(ctx);
  const campaign = await getCampaign(ctx, id);
  await enforce(ctx.system, TEST_EMAILS, ctx.tenant.id);
  const request = { campaignId: campaign.id, userId: describeActor(ctx.actor).id as UserId };
  await ctx.system.tx((tx) => enqueue(ctx.system, tx, SEND_TEST, request, { tenantId: ctx.tenant.id }));
}

export const SEND_TEST = job("campaigns.test", {
  queue: "email",
  payload: z.object({ campaignId: z.uuid(), userId: idSchema<UserId>() }),
  run: async (run, { campaignId, userId }) => {
    const ctx = tenantOf(run);
    const campaign = await getCampaign(ctx, campaignId);
    const [reader] = await ctx.system.control.select({ email: users.email, name: users.name }).from(users)
      .where(eq(users.id, userId));
    if (!reader) return;
    const { subject, ...content } = await render(ctx, campaign, "a", { ...reader, fields: {} });
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
  },
});

async function render(
  ctx: TenantContext,
  campaign: Campaign,
  variant: Variant,
  merged: Merged,
): Promise<RenderedEmail> {
  const template = await makeTemplate(ctx, campaign, await readPostalAddress(ctx));
  const { links, fields } = template;
  return personalize(template, variant, merged, {
    link: (position) => fields.fill(links[position]!, merged, "text"),
    unsubscribeUrl: tenantUrl(ctx.services.config.appUrl, ctx.tenant),
    openUrl: null,
  });
}
