import { z } from "zod";
import { event } from "../events/event.ts";
import { webhookData } from "../events/webhook_data.ts";
import { GRACE_DAYS } from "./live_hosts.ts";
import { DOMAINS_MANAGE } from "./permissions.ts";

type NamedDomain = { id: string; name: string };

const sentDomain = z.object({ id: z.uuid(), domain: z.string() });

export const CUSTOM_DOMAIN_ADDED = event<NamedDomain>("custom_domain.added", {
  sentence: "added the custom domain {name}",
  webhook: domainData("A custom domain was added. It isn't verified yet."),
});
export const CUSTOM_DOMAIN_VERIFIED = event<NamedDomain>("custom_domain.verified", {
  sentence: "verified the custom domain {name}",
  webhook: domainData("A custom domain was verified, and the workspace answers there."),
});
export const CUSTOM_DOMAIN_FAILING = event<NamedDomain>("custom_domain.failing", {
  sentence: "didn't find the TXT record of the custom domain {name}",
  webhook: domainData(`The TXT record of a custom domain is gone. The domain stops in ${GRACE_DAYS} days.`),
});
export const CUSTOM_DOMAIN_LOST = event<NamedDomain>("custom_domain.lost", {
  sentence: "stopped the custom domain {name}, because its TXT record is gone",
  webhook: domainData("A custom domain stopped, because its TXT record stayed away."),
});
export const CUSTOM_DOMAIN_REMOVED = event<NamedDomain>("custom_domain.removed", {
  sentence: "removed the custom domain {name}",
  webhook: domainData("A custom domain was removed."),
});
export const PRIMARY_DOMAIN_SET = event<NamedDomain>("custom_domain.made_primary", {
  sentence: "made {name} the workspace's address",
  webhook: domainData("The workspace's links use this custom domain."),
});
export const PRIMARY_DOMAIN_UNSET = event<NamedDomain>("custom_domain.unmade_primary", {
  sentence: "stopped using {name} as the workspace's address",
  webhook: domainData("The workspace's links no longer use this custom domain."),
});

export const EVENTS = [
  CUSTOM_DOMAIN_ADDED,
  CUSTOM_DOMAIN_VERIFIED,
  CUSTOM_DOMAIN_FAILING,
  CUSTOM_DOMAIN_LOST,
  CUSTOM_DOMAIN_REMOVED,
  PRIMARY_DOMAIN_SET,
  PRIMARY_DOMAIN_UNSET,
];

function domainData(description: string) {
  return webhookData<NamedDomain, typeof sentDomain>({
    description,
    schema: sentDomain,
    sample: { id: "0198c0de-6a1b-7c3d-8e4f-5a6b7c8d9e01", domain: "app.acme.example" },
    permission: DOMAINS_MANAGE,
    of: ({ id, name }) => ({ id, domain: name }),
  });
}
