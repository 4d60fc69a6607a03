import { z } from "zod";
import { CAMPAIGNS_MANAGE } from "../contacts/permissions.ts";
import { event } from "../events/event.ts";
import { type WebhookData, webhookData } from "../events/webhook_data.ts";
import type { Campaign } from "./campaign.ts";

const sentCampaign = z.object({
  id: z.uuid(),
  name: z.string(),
  subject: z.string(),
  status: z.string(),
  segment_id: z.uuid().nullable(),
  scheduled_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

export const CAMPAIGN_CREATED = event<Campaign>("campaign.created", {
  sentence: "created the campaign {name}",
  ...shown("A campaign was created."),
});
export const CAMPAIGN_UPDATED = event<Campaign>("campaign.updated", {
  sentence: "changed the campaign {name}",
  ...shown("A draft changed."),
});
export const CAMPAIGN_DELETED = event<Campaign>("campaign.deleted", {
  sentence: "deleted the campaign {name}",
  ...shown("A campaign was deleted."),
});
export const CAMPAIGN_SCHEDULED = event<Campaign>("campaign.scheduled", {
  sentence: "scheduled the campaign {name}",
  ...shown("A campaign was scheduled."),
});
export const CAMPAIGN_STARTED = event<Campaign>("campaign.started", {
  sentence: "started to send the campaign {name}",
  ...shown("A campaign's first emails are about to be sent."),
});
export const CAMPAIGN_PAUSED = event<Campaign>("campaign.paused", {
  sentence: "paused the campaign {name}",
  ...shown("A campaign was paused."),
});
export const CAMPAIGN_RESUMED = event<Campaign>("campaign.resumed", {
  sentence: "resumed the campaign {name}",
  ...shown("A campaign was resumed."),
});
export const CAMPAIGN_CANCELED = event<Campaign>("campaign.canceled", {
  sentence: "canceled the campaign {name}",
  ...shown("A campaign was canceled. Emails that were sent before stay sent."),
});
export const CAMPAIGN_MISSED = event<Campaign>("campaign.missed", {
  sentence: "missed the time of the campaign {name}",
  ...shown("A campaign wasn't sent, because the server was down at its time. Someone has to decide."),
});
export const CAMPAIGN_SENT = event<Campaign>("campaign.sent", {
  sentence: "finished sending the campaign {name}",
  ...shown("A campaign has been sent to everybody."),
});

export const EVENTS = [
  CAMPAIGN_CREATED,
  CAMPAIGN_UPDATED,
  CAMPAIGN_DELETED,
  CAMPAIGN_SCHEDULED,
  CAMPAIGN_STARTED,
  CAMPAIGN_PAUSED,
  CAMPAIGN_RESUMED,
  CAMPAIGN_CANCELED,
  CAMPAIGN_MISSED,
  CAMPAIGN_SENT,
];

/** What all events of campaigns share: what the log keeps, and what webhooks send. */
function shown(description: string) {
  return {
    withoutValues: ["body", "archiveToken"] as const,
    bookkeeping: ["version", "updatedAt", "run", "expandedTo", "expandedAt", "counted"] as const,
    webhook: campaignData(description),
  };
}

function campaignData(description: string): WebhookData<Campaign> {
  return webhookData<Campaign, typeof sentCampaign>({
    description,
    permission: CAMPAIGNS_MANAGE,
    schema: sentCampaign,
    sample: {
      id: "0198c0de-3a1b-7c22-9d4e-5f60718293c1",
      name: "Spring news",
      subject: "What is new this spring",
      status: "draft",
      segment_id: null,
      scheduled_at: null,
      created_at: "2026-03-02T09:00:00.000Z",
      updated_at: "2026-03-02T09:00:00.000Z",
    },
    of: ({ id, name, subject, status, segmentId, scheduledAt, createdAt, updatedAt }) => ({
      id,
      name,
      subject,
      status,
      segment_id: segmentId,
      scheduled_at: scheduledAt?.toISOString() ?? null,
      created_at: createdAt.toISOString(),
      updated_at: updatedAt.toISOString(),
    }),
  });
}
