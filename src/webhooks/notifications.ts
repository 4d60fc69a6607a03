import { z } from "zod";
import { membersWith } from "../notifications/audience.ts";
import { notificationKind } from "../notifications/kind.ts";
import { WEBHOOK_DISABLED } from "./events.ts";
import { WEBHOOKS_MANAGE } from "./permissions.ts";

export const WEBHOOK_OFF = notificationKind("webhook_disabled", {
  label: "A webhook is turned off",
  sentence: "The webhook to {host} was turned off.",
  event: WEBHOOK_DISABLED,
  permission: WEBHOOKS_MANAGE,
  channels: { feed: true, push: true, text: false },
  tellsActor: true,
  data: z.object({ id: z.uuid(), host: z.string() }),
  of: ({ id, name }) => ({ id, host: name }),
  to: membersWith(WEBHOOKS_MANAGE),
  link: ({ id }) => `/developers/webhooks/${id}`,
});
