import { feature } from "../feature.ts";
import {
  ANNOUNCEMENT_CHANGED,
  ANNOUNCEMENT_DELETED,
  ANNOUNCEMENT_ENDED,
  ANNOUNCEMENT_PUBLISHED,
  ANNOUNCEMENTS,
  ANNOUNCEMENTS_MANAGE,
} from "./announcements.ts";
import { NEWS_SENDER_CHANGED } from "./news_sender.ts";
import { ANNOUNCED } from "./notifications.ts";
import { SYNC_USERS } from "./sync_users.ts";

export default feature("announcements", {
  permissions: [ANNOUNCEMENTS_MANAGE],
  events: [
    ANNOUNCEMENT_PUBLISHED,
    ANNOUNCEMENT_CHANGED,
    ANNOUNCEMENT_ENDED,
    ANNOUNCEMENT_DELETED,
    NEWS_SENDER_CHANGED,
  ],
  notificationKinds: [ANNOUNCED],
  jobs: [SYNC_USERS],
  parts: [ANNOUNCEMENTS],
});
