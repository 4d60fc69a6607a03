import { feature } from "../feature.ts";
import {
  ANNOUNCEMENT_CHANGED,
  ANNOUNCEMENT_DELETED,
  ANNOUNCEMENT_ENDED,
  ANNOUNCEMENT_PUBLISHED,
  ANNOUNCEMENTS,
  ANNOUNCEMENTS_MANAGE,
} from "./announcements.ts";
import { ANNOUNCED } from "./notifications.ts";

export default feature("announcements", {
  permissions: [ANNOUNCEMENTS_MANAGE],
  events: [ANNOUNCEMENT_PUBLISHED, ANNOUNCEMENT_CHANGED, ANNOUNCEMENT_ENDED, ANNOUNCEMENT_DELETED],
  notificationKinds: [ANNOUNCED],
  parts: [ANNOUNCEMENTS],
});
