import type { Context } from "hono";
import { z } from "zod";
import { authorize, can } from "../../src/access/authorize.ts";
import {
  campaignChanges,
  createCampaign,
  deleteCampaign,
  duplicateCampaign,
  newCampaign,
  updateCampaign,
} from "../../src/campaigns/campaigns.ts";
import { type Campaign, readCampaign } from "../../src/campaigns/campaign.ts";
import { listSegmentChoices } from "../../src/campaigns/recipient_list.ts";
import {
  campaignSettingsInput,
  changePostalAddress,
  getPostalAddress,
} from "../../src/campaigns/settings.ts";
import { findStarter, STARTERS } from "../../src/campaigns/starters.ts";
import { CAMPAIGNS_MANAGE } from "../../src/contacts/permissions.ts";
import { chosenZone } from "../../src/tenancy/time_zones.ts";
import { CAMPAIGNS_PATH as PATH, SETTINGS_PATH } from "../../views/pages/campaigns/address.ts";
import { CampaignForm, type CampaignFormProps } from "../../views/pages/campaigns/campaign_form.tsx";
import { CampaignSettingsPage, DeleteCampaignPage } from "../../views/pages/campaigns/small_pages.tsx";
import { translatorTo } from "../../views/wording.ts";
import { type Fields, type MemberEnv, readForm } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page } from "../page.tsx";
import { snakeCase } from "../wire.ts";
import { textOf, trailOf } from "./campaign_trail.ts";
import { MemberPages } from "./member_pages.ts";

const NUMBERS = ["test_share", "test_hours", "window_from", "window_until", "rate_per_hour"];

/** Empty fields mean none, and numbers arrive as texts. */
function readFields(fields: Fields): Record<string, unknown> {
  const { tracks_opens, segment_id, subject_b, ...others } = fields;
  const numbers = NUMBERS.map((name) => [name, others[name]?.trim() ? Number(others[name]) : null]);
  return {
    ...others,
    ...Object.fromEntries(numbers),
    segment_id: segment_id || null,
    subject_b: subject_b?.trim() || null,
    tracks_opens: tracks_opens === "true",
  };
}

const editForm = campaignChanges.extend({ version: z.coerce.number().int().positive() });

/** The forms for campaigns. Their paths come before `/campaigns/:id`. */
const pages = new MemberPages();
export default pages;

pages.get(SETTINGS_PATH, async (c) => {
  const address = await getPostalAddress(c.get("member"));
  return await page(c, settingsPage(c, { address }));
});

pages.post(SETTINGS_PATH, (c) => {
  const ctx = c.get("member");
  authorize(ctx, CAMPAIGNS_MANAGE);
  return form(c, {
    schema: campaignSettingsInput,
    submit: (input) => changePostalAddress(ctx, input),
    done: () => ({ to: PATH, flash: textOf(c).settingsForm.saved }),
    refusals: ["invalid", "feature_not_in_plan"],
    refused: ({ values, errors, problem }) =>
      settingsPage(c, { address: values.postal_address, errors, problem }),
  });
});

pages.get(`${PATH}/new`, async (c) => {
  const ctx = c.get("member");
  authorize(ctx, CAMPAIGNS_MANAGE);
  const starter = findStarter(c.req.query("starter") ?? "");
  const translate = translatorTo(localeOf(c));
  const values: CampaignFormProps["values"] = starter
    ? {
      name: translate(starter.name),
      subject: translate(starter.subject),
      body: translate(starter.body),
    }
    : {};
  return await page(c, await formPage(c, { values }));
});

pages.post(PATH, async (c) => {
  const ctx = c.get("member");
  authorize(ctx, CAMPAIGNS_MANAGE);
  const fields = await readForm(c);
  return await form(c, {
    schema: newCampaign,
    fields: readFields(fields) as Fields,
    submit: (input, { idFor }) => createCampaign(ctx, input, idFor("campaign")),
    done: ({ id, name }) => ({ to: `${PATH}/${id}`, flash: textOf(c).created(name) }),
    refusals: ["invalid", "feature_not_in_plan"],
    refused: ({ errors, kind, problem }) => formPage(c, { values: fields, errors, kind, problem }),
  });
});

pages.get(`${PATH}/:id/edit`, async (c) => {
  const ctx = c.get("member");
  authorize(ctx, CAMPAIGNS_MANAGE);
  const campaign = await readCampaign(ctx, c.req.param("id"));
  return await page(c, await formPage(c, { campaign, values: valuesOf(campaign) }));
});

pages.post(`${PATH}/:id`, async (c) => {
  const ctx = c.get("member");
  authorize(ctx, CAMPAIGNS_MANAGE);
  const id = c.req.param("id");
  const fields = await readForm(c);
  return await form(c, {
    schema: editForm,
    fields: { ...readFields(fields), version: fields.version } as Fields,
    submit: ({ version, ...changes }) => updateCampaign(ctx, id, changes, [version]),
    done: ({ name }) => ({ to: `${PATH}/${id}`, flash: textOf(c).saved(name) }),
    refusals: ["invalid", "precondition_failed", "conflict"],
    refused: async ({ errors, kind, problem }) => {
      const campaign = await readCampaign(ctx, id);
      return await formPage(c, { campaign, values: fields, errors, kind, problem });
    },
  });
});

pages.post(`${PATH}/:id/duplicate`, async (c) => {
  const text = textOf(c);
  const { id, name } = await duplicateCampaign(c.get("member"), c.req.param("id"), text.copyName);
  return await done(c, { to: `${PATH}/${id}/edit`, flash: text.created(name) });
});

pages.get(`${PATH}/:id/delete`, async (c) => {
  const ctx = c.get("member");
  authorize(ctx, CAMPAIGNS_MANAGE);
  const campaign = await readCampaign(ctx, c.req.param("id"));
  return await page(c, {
    title: textOf(c).remove,
    trail: trailOf(c, campaign),
    body: <DeleteCampaignPage id={campaign.id} name={campaign.name} />,
  });
});

pages.post(`${PATH}/:id/delete`, async (c) => {
  const { name } = await deleteCampaign(c.get("member"), c.req.param("id"));
  return await done(c, { to: PATH, flash: textOf(c).deleted(name) });
});

async function formPage(
  c: Context<MemberEnv>,
  { campaign, ...props }: Pick<CampaignFormProps, "values" | "errors" | "kind" | "problem"> & {
    campaign?: Campaign;
  },
): Promise<Page> {
  const ctx = c.get("member");
  const segments = await listSegmentChoices(ctx);
  const timeZone = chosenZone(ctx.tenant.timeZones);
  const starters = campaign ? undefined : STARTERS;
  return {
    title: campaign ? textOf(c).edit : textOf(c).new,
    trail: trailOf(c, campaign),
    body: <CampaignForm {...props} {...{ campaign, segments, timeZone, starters }} />,
  };
}

function settingsPage(
  c: Context<MemberEnv>,
  props: { address?: string; errors?: Record<string, string>; problem?: string },
): Page {
  return {
    title: textOf(c).settings,
    trail: trailOf(c),
    body: <CampaignSettingsPage {...props} canManage={can(c.get("member"), CAMPAIGNS_MANAGE)} />,
  };
}

/** A campaign's values as its form shows them. */
function valuesOf(campaign: Campaign): Record<string, string> {
  const names = Object.keys(campaignChanges.shape) as (keyof typeof campaignChanges.shape)[];
  return Object.fromEntries(names.map((name) => [snakeCase(name), String(campaign[name] ?? "")]));
}
