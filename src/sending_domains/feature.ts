import { feature } from "../feature.ts";
import { CHECK_SENDING_DOMAIN, DOMAIN_CHECKS } from "./checks.ts";
import { SEALED_KEYS } from "./dkim_key.ts";
import { DNS } from "./dns.ts";
import { EVENTS } from "./events.ts";
import { DOMAIN_LOST } from "./notifications.ts";
import { NEW_SENDING_DOMAINS } from "./sending_domains.ts";

export default feature("sending domains", {
  events: EVENTS,
  notificationKinds: [DOMAIN_LOST],
  jobs: [CHECK_SENDING_DOMAIN],
  rateLimits: [DOMAIN_CHECKS, NEW_SENDING_DOMAINS],
  parts: [DNS],
  sealed: [SEALED_KEYS],
});
