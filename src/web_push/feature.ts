import { feature } from "../feature.ts";
import { DELIVER_PUSH } from "./deliver.ts";
import { NOTIFY_BY_PUSH } from "./notify.ts";
import { PUSH_SUBSCRIPTIONS_PERSON } from "./subscriptions.ts";
import { VAPID, VAPID_KEYS } from "./vapid.ts";

export default feature("web push", {
  jobs: [NOTIFY_BY_PUSH, DELIVER_PUSH],
  rateLimits: [PUSH_SUBSCRIPTIONS_PERSON],
  parts: [VAPID],
  sealed: [VAPID_KEYS],
});
