import { event } from "../events/event.ts";

type NamedDomain = { id: string; name: string; sender: string };

export const SENDING_DOMAIN_CHANGED = event<NamedDomain>("sending_domain.changed", {
  sentence: "set the sending domain to {name}",
});
export const SENDING_DOMAIN_REMOVED = event<NamedDomain>("sending_domain.removed", {
  sentence: "removed the sending domain {name}",
});
export const SENDING_DOMAIN_VERIFIED = event<NamedDomain>("sending_domain.verified", {
  sentence: "verified the sending domain {name}",
});
export const SENDING_DOMAIN_LOST = event<NamedDomain>("sending_domain.lost", {
  sentence: "stopped sending from {name}, because its DKIM record is gone",
});

export const EVENTS = [
  SENDING_DOMAIN_CHANGED,
  SENDING_DOMAIN_REMOVED,
  SENDING_DOMAIN_VERIFIED,
  SENDING_DOMAIN_LOST,
];
