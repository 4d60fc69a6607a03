import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { requireConfirmedEmail } from "../access/confirmed_email.ts";
import type { TenantContext } from "../context.ts";
import { DomainError } from "../errors.ts";
import { type Problem, problem } from "../platform/problem.ts";
import { type Wording, wording } from "../platform/wording.ts";
import type { Campaign } from "./campaign.ts";
import { audienceOf, countAudience, countLacking } from "./recipients.ts";
import { readPostalAddress } from "./settings.ts";
import { makeTemplate, personalize, type Template } from "./template.ts";

const SUBJECT_MISSING = problem("campaign_subject_missing", "Enter a subject.");
const BODY_MISSING = problem("campaign_body_missing", "Write the email.");
const ADDRESS_MISSING = problem("campaign_postal_address_missing", "Enter your company's postal address.");
const TOO_LARGE = problem(
  "campaign_too_large",
  "The email has {size} KB. Gmail cuts emails off at 102 KB. Shorten the text.",
);
const FALLBACK_MISSING = problem(
  "merge_field_without_fallback",
  "Recipients without a value for {field}: {count}. Add a fallback after |.",
);
const NO_RECIPIENTS = problem("campaign_no_recipients", "Nobody who gave consent is in this segment.");
const SEGMENT_GONE = problem("campaign_segment_gone", "The segment was deleted. Choose another one.");

const MAX_BYTES = 102_000;
const KILOBYTE = 1_000;
const SAMPLE = { email: "ada.lovelace@example.com", name: "Ada Lovelace", fields: {} };
const SAMPLE_URL = `https://example.com/${"x".repeat(180)}`;

/** One line of the list before sending. `problems` is empty if it is fine. */
export type Check = { name: string; label: Wording; problems: Problem[] };

export type CheckResult = { checks: Check[]; recipients: number; isReady: boolean };

const LABELS = {
  subject: label("subject", "The subject is set"),
  content: label("content", "The email has content"),
  unsubscribe: label("unsubscribe", "Every email has an unsubscribe link"),
  address: label("address", "Your postal address is in the footer"),
  size: label("size", "The email is under 102 KB"),
  fields: label("fields", "Merge fields are known and have a value or a fallback"),
  links: label("links", "Links and images are valid"),
  recipients: label("recipients", "The campaign has recipients"),
  sender: label("sender", "Your own email address is confirmed"),
};

/** What has to be right before a campaign is sent. Checks no permission. */
export async function checkCampaign(ctx: TenantContext, campaign: Campaign): Promise<CheckResult> {
  const address = await readPostalAddress(ctx);
  const template = await makeTemplate(ctx, campaign, address);
  const sender = await senderProblems(ctx);
  const { recipients, lacking, isGone } = await ctx.tx((tx) => readAudience(ctx, tx, campaign, template));
  const size = sizeOf(template);
  const fieldProblems = template.fields.problems.concat(lacking);
  const found: [keyof typeof LABELS, Problem[]][] = [
    ["subject", when(campaign.subject.trim() === "" || campaign.subjectB?.trim() === "", SUBJECT_MISSING)],
    ["content", when(campaign.body.trim() === "", BODY_MISSING)],
    ["unsubscribe", []], // the layout adds it
    ["address", when(address === "", ADDRESS_MISSING)],
    ["size", when(size > MAX_BYTES, TOO_LARGE.with({ size: Math.ceil(size / KILOBYTE) }))],
    ["fields", fieldProblems],
    ["links", template.problems],
    [
      "recipients",
      isGone ? [SEGMENT_GONE] : when(recipients === 0, NO_RECIPIENTS),
    ],
    ["sender", sender],
  ];
  const checks = found.map(([name, problems]) => ({ name, label: LABELS[name], problems }));
  return { checks, recipients, isReady: checks.every(({ problems }) => problems.length === 0) };
}

async function readAudience(ctx: TenantContext, tx: TenantTx, campaign: Campaign, { fields }: Template) {
  const audience = await audienceOf(tx, campaign, ctx.services.clock.now(), ctx.tenant);
  if (!audience) return { recipients: 0, lacking: [], isGone: true };
  const recipients = await countAudience(tx, audience);
  const lacking: Problem[] = [];
  for (const field of fields.list.filter(({ fallback }) => fallback === null)) {
    const count = await countLacking(tx, audience, field);
    if (count > 0) lacking.push(FALLBACK_MISSING.with({ count, field: field.text }));
  }
  return { recipients, lacking, isGone: false };
}

async function senderProblems(ctx: TenantContext): Promise<Problem[]> {
  try {
    await requireConfirmedEmail(ctx);
    return [];
  } catch (error) {
    if (error instanceof DomainError) return [error.problem];
    throw error;
  }
}

/** With links of the usual length. */
function sizeOf(template: Template): number {
  const links = { link: () => SAMPLE_URL, unsubscribeUrl: SAMPLE_URL, openUrl: SAMPLE_URL };
  const { html } = personalize(template, "a", SAMPLE, links);
  return new TextEncoder().encode(html).length;
}

function when(isWrong: boolean, problem: Problem): Problem[] {
  return isWrong ? [problem] : [];
}

function label(name: string, english: string): Wording {
  return wording(`campaign_check.${name}`, english);
}
