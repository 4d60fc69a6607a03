import type { Context } from "hono";
import { z } from "zod";
import { authorize, can } from "../../src/access/authorize.ts";
import { isEntitled } from "../../src/billing/plan_features.ts";
import { planOf } from "../../src/billing/plans.ts";
import { browseCampaigns, CAMPAIGN_LIST, getCampaign, setArchive } from "../../src/campaigns/campaigns.ts";
import { readCampaign } from "../../src/campaigns/campaign.ts";
import { archiveUrl } from "../../src/campaigns/links.ts";
import { previewCampaign, sendTest } from "../../src/campaigns/preview.ts";
import {
  browseRecipients,
  listSegmentChoices,
  readDetails,
  RECIPIENT_LIST,
} from "../../src/campaigns/recipient_list.ts";
import {
  cancelCampaign,
  getChecks,
  pauseCampaign,
  resendUnknown,
  resumeCampaign,
  sendCampaign,
  sendRequest,
} from "../../src/campaigns/sending.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "../../src/contacts/permissions.ts";
import { chosenZone } from "../../src/tenancy/time_zones.ts";
import { withLinksInNewTabs } from "../../views/framed_html.ts";
import { CAMPAIGNS_PATH as PATH } from "../../views/pages/campaigns/address.ts";
import {
  CampaignActions,
  CampaignPage,
  type CampaignPageProps,
} from "../../views/pages/campaigns/campaign_page.tsx";
import { CampaignList, CampaignsActions } from "../../views/pages/campaigns/campaigns_page.tsx";
import { RecipientList } from "../../views/pages/campaigns/recipients_page.tsx";
import { campaignText } from "../../views/pages/campaigns/text.ts";
import { translatorTo } from "../../views/wording.ts";
import { framedEmail } from "../framed_email.ts";
import { type MemberEnv, nonceOf, readForm } from "../http.ts";
import { readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { framingPolicy } from "../middleware/security_headers.ts";
import { done, form, type Page, page } from "../page.tsx";
import { problemText } from "../problem_text.ts";
import { snakeCase } from "../wire.ts";
import { textOf, trailOf } from "./campaign_trail.ts";
import { MemberPages } from "./member_pages.ts";

const LONG_PAST = "1970-01-01T00:00:00Z";
const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

const pages = new MemberPages({
  label: (locale) => campaignText.of(locale).title,
  href: PATH,
  icon: "send",
  group: "main",
  position: 26,
  permission: CAMPAIGNS_MANAGE,
});
export default pages;

pages.get(PATH, async (c) => {
  const ctx = c.get("member");
  const query = readListAddress(c.req.query(), CAMPAIGN_LIST);
  const { items, tabs, ...shown } = await browseCampaigns(ctx, query);
  const isIncluded = isEntitled(ctx, CAMPAIGNS);
  const list = (
    <CampaignList
      campaigns={items}
      pages={shown}
      counts={tabs}
      view={{ search: query.search ?? "", status: query.status ?? "all", sort: snakeCase(query.sort) }}
      now={ctx.services.clock.now()}
      missingPlan={isIncluded ? undefined : planOf(CAMPAIGNS.from).name}
    />
  );
  return await page(c, {
    title: textOf(c).title,
    actions: isIncluded ? <CampaignsActions /> : undefined,
    body: list,
    partial: list,
  });
});

pages.get(`${PATH}/:id`, async (c) => await page(c, await campaignPage(c)));

pages.get(`${PATH}/:id/preview`, async (c) => {
  const { html } = await previewCampaign(c.get("member"), c.req.param("id"));
  return await framedEmail(c, withLinksInNewTabs(html));
});

pages.get(`${PATH}/:id/recipients`, async (c) => {
  const ctx = c.get("member");
  const campaign = await readCampaign(ctx, c.req.param("id"));
  const query = readListAddress(c.req.query(), RECIPIENT_LIST);
  const { items, tabs, ...shown } = await browseRecipients(ctx, campaign.id, query);
  const list = (
    <RecipientList
      campaignId={campaign.id}
      recipients={items}
      pages={shown}
      counts={tabs}
      view={{ search: query.search ?? "", state: query.state ?? "all" }}
      now={ctx.services.clock.now()}
    />
  );
  return await page(c, {
    title: textOf(c).recipients,
    trail: trailOf(c, campaign),
    body: list,
    partial: list,
  });
});

pages.post(`${PATH}/:id/test`, async (c) => {
  await sendTest(c.get("member"), c.req.param("id"));
  return await changed(c, textOf(c).testSent);
});

pages.post(`${PATH}/:id/send`, (c) => {
  const ctx = c.get("member");
  return form(c, {
    schema: z.object({}),
    submit: () => sendCampaign(ctx, c.req.param("id"), { scheduledAt: null }),
    done: ({ id }) => ({ to: `${PATH}/${id}`, flash: textOf(c).sendingStarted }),
    refusals: ["conflict"],
    refused: ({ problem }) => campaignPage(c, { problem }),
  });
});

pages.post(`${PATH}/:id/schedule`, (c) => {
  const ctx = c.get("member");
  authorize(ctx, CAMPAIGNS_MANAGE);
  const timeInvalid = textOf(c).timeInvalid;
  return form(c, {
    schema: z.object({ scheduledAt: z.string() }),
    submit: ({ scheduledAt }) =>
      sendCampaign(ctx, c.req.param("id"), sendRequest.parse({ scheduledAt: utcOf(c, scheduledAt) })),
    done: ({ id }) => ({ to: `${PATH}/${id}`, flash: textOf(c).scheduled }),
    refusals: ["invalid", "conflict"],
    refused: ({ values, problem }) =>
      campaignPage(c, {
        problem,
        scheduleValue: values.scheduled_at,
        scheduleError: problem ? undefined : timeInvalid,
      }),
  });
});

pages.post(`${PATH}/:id/pause`, async (c) => {
  await pauseCampaign(c.get("member"), c.req.param("id"));
  return await changed(c, textOf(c).paused);
});

pages.post(`${PATH}/:id/resume`, async (c) => {
  await resumeCampaign(c.get("member"), c.req.param("id"));
  return await changed(c, textOf(c).resumed);
});

pages.post(`${PATH}/:id/cancel`, async (c) => {
  const { status } = await cancelCampaign(c.get("member"), c.req.param("id"));
  return await changed(c, status === "draft" ? textOf(c).unscheduled : textOf(c).canceled);
});

pages.post(`${PATH}/:id/resend`, async (c) => {
  await resendUnknown(c.get("member"), c.req.param("id"));
  return await changed(c, textOf(c).resent);
});

pages.post(`${PATH}/:id/publication`, async (c) => {
  const { on } = await readForm(c);
  await setArchive(c.get("member"), c.req.param("id"), on === "true");
  return await changed(c, on === "true" ? textOf(c).archivePublished : textOf(c).archiveRemoved);
});

type Refusal = { problem?: string; scheduleError?: string; scheduleValue?: string };

async function campaignPage(
  c: Context<MemberEnv, `${typeof PATH}/:id`>,
  refusal: Refusal = {},
): Promise<Page> {
  const ctx = c.get("member");
  const campaign = await getCampaign(ctx, c.req.param("id"));
  const canManage = can(ctx, CAMPAIGNS_MANAGE);
  const { problem, ...schedule } = refusal;
  const isUnsent = ["draft", "missed"].includes(campaign.status);
  const [checks, details, segments] = await Promise.all([
    isUnsent ? getChecks(ctx, campaign.id) : null,
    readDetails(ctx, campaign),
    listSegmentChoices(ctx),
  ]);
  const locale = localeOf(c);
  const translate = translatorTo(locale);
  const shownChecks = checks && {
    recipients: checks.recipients,
    isReady: checks.isReady,
    list: checks.checks.map(({ name, label, problems }) => ({
      name,
      label: translate(label),
      problems: problems.map((problem) => problemText(problem, locale)),
    })),
  };
  const props: CampaignPageProps = {
    campaign,
    checks: shownChecks,
    ...details,
    segmentName: segments.find(({ id }) => id === campaign.segmentId)?.name ?? null,
    archiveUrl: archiveUrl(ctx, campaign),
    timeZone: chosenZone(ctx.tenant.timeZones),
    canManage,
    now: ctx.services.clock.now(),
    ...schedule,
  };
  c.header("Content-Security-Policy", framingPolicy(ctx.services.config.appUrl, nonceOf(c)));
  return {
    title: campaign.name,
    trail: trailOf(c),
    flash: problem ? { kind: "error", text: problem } : undefined,
    actions: canManage ? <CampaignActions campaign={campaign} /> : undefined,
    body: <CampaignPage {...props} />,
  };
}

/** The time in the workspace's time zone as one in UTC. What isn't a time becomes one in the past, which is refused. */
function utcOf(c: Context<MemberEnv>, local: string): string {
  if (!LOCAL_TIME.test(local)) return LONG_PAST;
  try {
    const zone = chosenZone(c.get("member").tenant.timeZones);
    return Temporal.PlainDateTime.from(local).toZonedDateTime(zone).toInstant().toString();
  } catch {
    return LONG_PAST;
  }
}

function changed(c: Context<MemberEnv, `${typeof PATH}/:id/x`>, flash: string) {
  return done(c, { to: `${PATH}/${c.req.param("id")}`, flash });
}
