import { feature } from "../feature.ts";
import { SUPPORT_USED } from "./emails.ts";
import { EVENTS } from "./events.ts";
import { SUPPORT_ACT, SUPPORT_GRANT } from "./permissions.ts";
import { CLOSE_VISIT } from "./visits.ts";

export default feature("support", {
  label: "Support access",
  permissions: [SUPPORT_GRANT, SUPPORT_ACT],
  events: EVENTS,
  emails: [SUPPORT_USED],
  jobs: [CLOSE_VISIT],
});
