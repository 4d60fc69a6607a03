import { z } from "zod";
import type { Event } from "../events/event.ts";
import { membersWith } from "../notifications/audience.ts";
import { notificationKind } from "../notifications/kind.ts";
import { CUSTOM_DOMAIN_FAILING, CUSTOM_DOMAIN_LOST } from "./events.ts";
import { GRACE_DAYS } from "./live_hosts.ts";
import { DOMAINS_MANAGE } from "./permissions.ts";

export const DOMAIN_FAILING = toldOwners("custom_domain_failing", {
  label: "A custom domain is about to stop",
  sentence:
    `The TXT record of {domain} is missing. The domain stops in ${GRACE_DAYS} days unless you restore the record.`,
  event: CUSTOM_DOMAIN_FAILING,
});

export const DOMAIN_STOPPED = toldOwners("custom_domain_lost", {
  label: "A custom domain stopped",
  sentence: "{domain} no longer leads to your workspace, because its TXT record is missing.",
  event: CUSTOM_DOMAIN_LOST,
});

function toldOwners(
  name: string,
  texts: { label: string; sentence: string; event: Event<{ id: string; name: string }, "tenant"> },
) {
  return notificationKind(name, {
    ...texts,
    permission: DOMAINS_MANAGE,
    channels: { feed: true, email: true, push: true, text: false },
    tellsActor: true,
    data: z.object({ domain: z.string() }),
    of: ({ name: domain }) => ({ domain }),
    to: membersWith(DOMAINS_MANAGE),
    link: () => "/settings/domains",
  });
}
