import { z } from "zod";
import { CAMPAIGNS_MANAGE } from "../contacts/permissions.ts";
import { membersWith } from "../notifications/audience.ts";
import { notificationKind } from "../notifications/kind.ts";
import { SENDING_DOMAIN_LOST } from "./events.ts";

export const DOMAIN_LOST = notificationKind("sending_domain_lost", {
  label: "Your sending domain stops working",
  sentence: "Campaigns no longer come from {domain}. Its DKIM record is missing or has changed.",
  event: SENDING_DOMAIN_LOST,
  permission: CAMPAIGNS_MANAGE,
  channels: { feed: true, email: true, push: true, text: false },
  tellsActor: true,
  data: z.object({ domain: z.string() }),
  of: ({ name }) => ({ domain: name }),
  to: membersWith(CAMPAIGNS_MANAGE),
  link: () => "/settings/sending-domain",
});
