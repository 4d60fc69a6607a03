import { z } from "zod";
import { CAMPAIGNS_MANAGE } from "../contacts/permissions.ts";
import { membersWith } from "../notifications/audience.ts";
import { notificationKind } from "../notifications/kind.ts";
import { CAMPAIGN_MISSED, CAMPAIGN_PAUSED, CAMPAIGN_SENT } from "./events.ts";

const shared = {
  permission: CAMPAIGNS_MANAGE,
  data: z.object({ id: z.uuid(), name: z.string() }),
  of: ({ id, name }: { id: string; name: string }) => ({ id, name }),
  to: membersWith(CAMPAIGNS_MANAGE),
  link: ({ id }: { id: string }) => `/campaigns/${id}`,
};

export const MISSED = notificationKind("campaign_missed", {
  ...shared,
  label: "A campaign missed its time",
  sentence: "The campaign {name} wasn't sent at its time. Decide whether to send it now.",
  event: CAMPAIGN_MISSED,
  channels: { feed: true, push: true, text: false },
});

/** Only for a campaign that the product paused. */
export const STOPPED = notificationKind("campaign_stopped", {
  ...shared,
  label: "A campaign can't go on",
  sentence: "The campaign {name} was paused and can't go on by itself. Its page says why.",
  event: CAMPAIGN_PAUSED,
  data: z.object({ id: z.uuid(), name: z.string(), reason: z.string().nullable() }),
  of: ({ id, name, pauseReason }) => ({ id, name, reason: pauseReason }),
  load: (_run, data) => Promise.resolve(data.reason === null ? null : data),
  channels: { feed: true, push: true, text: false },
});

export const SENT = notificationKind("campaign_sent", {
  ...shared,
  label: "A campaign has been sent",
  sentence: "The campaign {name} has been sent.",
  event: CAMPAIGN_SENT,
  channels: { feed: true, push: false, text: false },
});
