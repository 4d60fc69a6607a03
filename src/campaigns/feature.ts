import { campaignLinks, campaignRecipients, campaigns } from "../../db/tenant/schema/campaigns.ts";
import { feature } from "../feature.ts";
import { RECORD_BOUNCE } from "./engagement.ts";
import { EVENTS } from "./events.ts";
import { EMAIL_LIMIT } from "./limits.ts";
import { MISSED, SENT, STOPPED } from "./notifications.ts";
import { SEND_TEST, TEST_EMAILS } from "./preview.ts";
import { SETTINGS_CHANGED } from "./settings.ts";
import { WORK_ON_CAMPAIGN } from "./work.ts";

export default feature("campaigns", {
  tables: [campaigns, campaignRecipients, campaignLinks],
  limits: [EMAIL_LIMIT],
  rateLimits: [TEST_EMAILS],
  events: [...EVENTS, SETTINGS_CHANGED],
  notificationKinds: [MISSED, STOPPED, SENT],
  jobs: [WORK_ON_CAMPAIGN, SEND_TEST, RECORD_BOUNCE],
  bounceReaders: [RECORD_BOUNCE],
});
