import { feature } from "../feature.ts";
import { DIGEST_EMAIL, NOTIFICATION_EMAIL, NOTIFICATION_EMAILS } from "./emails.ts";
import { LIVE_FEEDS } from "./live_feeds.ts";
import { TELL } from "./notify.ts";
import { PUSH_NOTIFICATION } from "./pushes.ts";
import { TEXT_NOTIFICATION } from "./texts.ts";
import { UNREAD } from "./unread.ts";

export default feature("notifications", {
  rateLimits: [NOTIFICATION_EMAILS],
  emails: [NOTIFICATION_EMAIL, DIGEST_EMAIL],
  jobs: [TELL, PUSH_NOTIFICATION, TEXT_NOTIFICATION],
  parts: [UNREAD, LIVE_FEEDS],
});
