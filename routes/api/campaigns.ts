import { z } from "@hono/zod-openapi";
import type { Campaign } from "../../src/campaigns/campaign.ts";
import { CAMPAIGNS_MANAGE } from "../../src/contacts/permissions.ts";
import {
  CAMPAIGN_LIST,
  campaignChanges,
  type CampaignWithStats,
  createCampaign,
  deleteCampaign,
  getCampaign,
  listCampaigns,
  newCampaign,
  updateCampaign,
} from "../../src/campaigns/campaigns.ts";
import {
  CAMPAIGN_CANCELED,
  CAMPAIGN_CREATED,
  CAMPAIGN_DELETED,
  CAMPAIGN_PAUSED,
  CAMPAIGN_RESUMED,
  CAMPAIGN_SCHEDULED,
  CAMPAIGN_STARTED,
  CAMPAIGN_UPDATED,
} from "../../src/campaigns/events.ts";
import {
  cancelCampaign,
  pauseCampaign,
  resumeCampaign,
  sendCampaign,
  sendRequest,
} from "../../src/campaigns/sending.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const NEEDS = "Needs a plan with `campaigns`.";
const CONFIRMED = "The sender's email address must be confirmed.";

const count = z.int().nonnegative();
const stats = {
  recipients: count,
  waiting: count,
  sent: count,
  skipped: count,
  failed: count,
  unknown: count,
  bounced: count,
  complained: count,
  unsubscribed: count,
  clicked: count,
  opened: count,
};

const campaign = model("Campaign", {
  id: z.uuid(),
  name: z.string(),
  subject: z.string(),
  body: z.string().openapi({ description: "Markdown with merge fields, such as `{{ name | there }}`." }),
  segmentId: z.uuid().nullable().openapi({ description: "Null: every contact who gave consent." }),
  status: z.enum(["draft", "scheduled", "missed", "sending", "paused", "sent", "canceled"]),
  pauseReason: z.enum(["limit", "plan", "content"]).nullable().openapi({
    description: "Why the product paused it. Null: a person did.",
  }),
  subjectB: z.string().nullable(),
  testShare: z.int().nullable(),
  testHours: z.int().nullable(),
  winner: z.enum(["a", "b"]).nullable(),
  windowFrom: z.int().nullable(),
  windowUntil: z.int().nullable(),
  ratePerHour: z.int().nullable(),
  tracksOpens: z.boolean(),
  scheduledAt: z.iso.datetime().nullable(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  stats: z.object(stats).openapi({
    description: "`sent`, `skipped`, `failed`, `unknown` and `waiting` add up to `recipients`.",
  }),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
}, {
  id: "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4ec1",
  name: "Spring news",
  subject: "What is new this spring",
  body: "# What is new\n\nHi {{ name | there }},",
  segmentId: null,
  status: "sent",
  pauseReason: null,
  subjectB: null,
  testShare: null,
  testHours: null,
  winner: null,
  windowFrom: 9,
  windowUntil: 17,
  ratePerHour: null,
  tracksOpens: false,
  scheduledAt: null,
  startedAt: "2026-03-02T09:00:00.000Z",
  endedAt: "2026-03-02T09:02:00.000Z",
  stats: {
    recipients: 1204,
    waiting: 0,
    sent: 1200,
    skipped: 3,
    failed: 1,
    unknown: 0,
    bounced: 1,
    complained: 0,
    unsubscribed: 4,
    clicked: 310,
    opened: 0,
  },
  createdAt: "2026-03-01T09:00:00.000Z",
  updatedAt: "2026-03-02T09:02:00.000Z",
});

const versionOf = ({ version }: CampaignWithStats) => version;

const campaigns = tenantResource("Campaigns", "Emails that the tenant sends to its contacts.");
export default campaigns;

campaigns.list("/campaigns", {
  operationId: "listCampaigns",
  summary: "List campaigns",
  permission: CAMPAIGNS_MANAGE,
  list: CAMPAIGN_LIST,
  name: "CampaignList",
  item: campaign,
  answer: "A page of campaigns",
  run: listCampaigns,
});

campaigns.operation("post", "/campaigns", {
  operationId: "createCampaign",
  summary: "Create a campaign",
  description:
    `Creates a draft. With \`subject_b\`, \`test_share\` percent of the recipients get one of the two subjects first, and after \`test_hours\` the others get the one with more clicks. ${NEEDS}`,
  permission: CAMPAIGNS_MANAGE,
  events: [CAMPAIGN_CREATED],
  body: newCampaign,
  example: {
    name: "Spring news",
    subject: "What is new this spring",
    body: "# What is new\n\nHi {{ name | there }},",
  },
  answer: { status: 201, description: "The new draft", schema: campaign },
  versionOf,
  run: (ctx, { body }) => createCampaign(ctx, body),
});

campaigns.operation("get", "/campaigns/{id}", {
  operationId: "getCampaign",
  summary: "Get a campaign with its figures",
  permission: CAMPAIGNS_MANAGE,
  answer: { description: "The campaign", schema: campaign },
  withoutEtag: true,
  run: (ctx, { id }) => getCampaign(ctx, id),
});

campaigns.operation("patch", "/campaigns/{id}", {
  operationId: "updateCampaign",
  summary: "Change a draft",
  description: `Answers 409 if the campaign is no draft. ${NEEDS}`,
  permission: CAMPAIGNS_MANAGE,
  events: [CAMPAIGN_UPDATED],
  body: campaignChanges,
  example: { subject: "What is new in April" },
  answer: { description: "The changed draft", schema: campaign },
  versionOf,
  checksMatch: true,
  refusals: [409],
  run: (ctx, { id, body, expectedVersions }) => updateCampaign(ctx, id, body, expectedVersions),
});

campaigns.operation("delete", "/campaigns/{id}", {
  operationId: "deleteCampaign",
  summary: "Delete a campaign and its figures",
  description: "Answers 409 while the campaign is scheduled, paused or being sent.",
  permission: CAMPAIGNS_MANAGE,
  events: [CAMPAIGN_DELETED],
  answer: { status: 204, description: "The campaign was deleted" },
  versionOf: ({ version }: Campaign) => version,
  checksMatch: true,
  refusals: [409],
  run: (ctx, { id, expectedVersions }) => deleteCampaign(ctx, id, expectedVersions),
});

campaigns.operation("post", "/campaigns/{id}/send", {
  operationId: "sendCampaign",
  summary: "Send a campaign now or at a time",
  description:
    `Answers 409 with the reasons if the campaign isn't ready, or was sent already. ${CONFIRMED} ${NEEDS}`,
  permission: CAMPAIGNS_MANAGE,
  events: [CAMPAIGN_STARTED, CAMPAIGN_SCHEDULED],
  body: sendRequest,
  example: { scheduledAt: null },
  answer: { description: "The campaign", schema: campaign },
  refusals: [409],
  run: (ctx, { id, body }) => sendCampaign(ctx, id, body),
});

campaigns.operation("post", "/campaigns/{id}/pause", {
  operationId: "pauseCampaign",
  summary: "Pause a campaign",
  description: "Emails that are on their way still arrive.",
  permission: CAMPAIGNS_MANAGE,
  events: [CAMPAIGN_PAUSED],
  answer: { description: "The paused campaign", schema: campaign },
  refusals: [409],
  run: (ctx, { id }) => pauseCampaign(ctx, id),
});

campaigns.operation("post", "/campaigns/{id}/resume", {
  operationId: "resumeCampaign",
  summary: "Go on sending a paused campaign",
  description: `${CONFIRMED} ${NEEDS}`,
  permission: CAMPAIGNS_MANAGE,
  events: [CAMPAIGN_RESUMED],
  answer: { description: "The campaign", schema: campaign },
  refusals: [409],
  run: (ctx, { id }) => resumeCampaign(ctx, id),
});

campaigns.operation("post", "/campaigns/{id}/cancel", {
  operationId: "cancelCampaign",
  summary: "Cancel a campaign",
  description: "A scheduled campaign becomes a draft again. Of one that is being sent, the rest is skipped.",
  permission: CAMPAIGNS_MANAGE,
  events: [CAMPAIGN_CANCELED],
  answer: { description: "The campaign", schema: campaign },
  refusals: [409],
  run: (ctx, { id }) => cancelCampaign(ctx, id),
});
