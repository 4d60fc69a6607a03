import { z } from "zod";
import { emailText } from "../../views/emails/text.ts";
import { WebhookDisabled, WebhookFailing } from "../../views/emails/webhook_failure.tsx";
import type { UserId } from "../access/actor.ts";
import type { TenantContext } from "../context.ts";
import { MEMBERS, type Recipient } from "../email/audience.ts";
import { email } from "../email/email.ts";
import { SAMPLE } from "../email/sample.ts";
import { idSchema } from "../platform/ids.ts";
import { tenantUrl } from "../tenancy/tenant.ts";
import { findEndpoint } from "./endpoint_rows.ts";

const request = z.object({ userId: idSchema<UserId>(), endpointId: z.uuid() });

/** Says that a delivery has failed for good, once until the endpoint works again. */
export const WEBHOOK_FAILING_EMAIL = email("webhook_failing", {
  to: MEMBERS,
  request,
  load: async (ctx, reader, { endpointId }) => await load(ctx, reader, endpointId),
  subject: ({ hostName }, _brand, locale) => emailText.of(locale).webhookFailing.subject(hostName),
  preheader: (_data, _brand, locale) => emailText.of(locale).webhookFailing.preheader,
  view: WebhookFailing,
  sample: sample("failing"),
});

/** Says that an endpoint was turned off, and why. */
export const WEBHOOK_DISABLED_EMAIL = email("webhook_disabled", {
  to: MEMBERS,
  request,
  load: async (ctx, reader, { endpointId }) => {
    const data = await load(ctx, reader, endpointId);
    return data?.cause ? data : null;
  },
  subject: ({ hostName }, _brand, locale) => emailText.of(locale).webhookDisabled.subject(hostName),
  preheader: (_data, _brand, locale) => emailText.of(locale).webhookDisabled.preheader,
  view: WebhookDisabled,
  sample: sample("gone"),
});

/** Null if the endpoint was deleted, or the reader's address may belong to a stranger. */
async function load({ system, services, tenant }: TenantContext, reader: Recipient, id: string) {
  const endpoint = await findEndpoint(system.control, tenant.id, id);
  if (!endpoint || !reader.emailVerifiedAt) return null;
  return {
    tenantName: tenant.name,
    hostName: new URL(endpoint.url).host,
    cause: endpoint.disabledReason,
    url: `${tenantUrl(services.config.appUrl, tenant)}/developers/webhooks/${id}`,
  };
}

function sample(cause: "gone" | "failing") {
  return {
    tenantName: SAMPLE.tenantName,
    hostName: "hooks.acme.example",
    cause: cause as "gone" | "failing" | "manual" | null,
    url: `${SAMPLE.workspace}/developers/webhooks/0198c0de-0000-7000-8000-000000000001`,
  };
}
