import { feature } from "../feature.ts";
import { EVENTS } from "./events.ts";
import { LIVE_HOSTS } from "./live_hosts.ts";
import { DOMAIN_FAILING, DOMAIN_STOPPED } from "./notifications.ts";
import { CUSTOM_DOMAINS, DOMAINS_MANAGE } from "./permissions.ts";
import { CHECK_CUSTOM_DOMAIN, CUSTOM_DOMAIN_CHECKS } from "./verification.ts";

export default feature("custom domains", {
  label: "Custom domains",
  permissions: [DOMAINS_MANAGE],
  planFeatures: [CUSTOM_DOMAINS],
  events: EVENTS,
  notificationKinds: [DOMAIN_FAILING, DOMAIN_STOPPED],
  jobs: [CHECK_CUSTOM_DOMAIN],
  rateLimits: [CUSTOM_DOMAIN_CHECKS],
  parts: [LIVE_HOSTS],
});
