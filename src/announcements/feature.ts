import { feature } from "../feature.ts";
import {
  ANNOUNCEMENT_ENDED,
  ANNOUNCEMENT_PUBLISHED,
  ANNOUNCEMENTS,
  ANNOUNCEMENTS_MANAGE,
} from "./announcements.ts";

export default feature("announcements", {
  permissions: [ANNOUNCEMENTS_MANAGE],
  events: [ANNOUNCEMENT_PUBLISHED, ANNOUNCEMENT_ENDED],
  parts: [ANNOUNCEMENTS],
});
