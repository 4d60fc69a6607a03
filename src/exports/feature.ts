import { feature } from "../feature.ts";
import { EVENTS } from "./events.ts";
import { MAKE_EXPORT } from "./exports.ts";
import { EXPORT_DONE } from "./notifications.ts";
import { DATA_EXPORT } from "./permissions.ts";

export default feature("exports", {
  label: "Data",
  permissions: [DATA_EXPORT],
  events: EVENTS,
  notificationKinds: [EXPORT_DONE],
  jobs: [MAKE_EXPORT],
});
