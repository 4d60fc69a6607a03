import { z } from "@hono/zod-openapi";
import { CAMPAIGNS_MANAGE } from "../../src/contacts/permissions.ts";
import { DOMAIN_CHECKS, verifySendingDomain } from "../../src/sending_domains/checks.ts";
import {
  SENDING_DOMAIN_CHANGED,
  SENDING_DOMAIN_LOST,
  SENDING_DOMAIN_REMOVED,
  SENDING_DOMAIN_VERIFIED,
} from "../../src/sending_domains/events.ts";
import type { DnsRecord } from "../../src/sending_domains/records.ts";
import {
  getSendingDomain,
  NEW_SENDING_DOMAINS,
  removeSendingDomain,
  sendingDomainInput,
  setSendingDomain,
} from "../../src/sending_domains/sending_domains.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const NEEDS = "Needs a plan with `campaigns`.";

const MISSING_KEY = {
  purpose: "dkim",
  type: "TXT",
  name: "dm5xw2z3ujbxgk4tu._domainkey.acme.example",
  value: "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
  state: "missing",
  found: [],
} satisfies DnsRecord;

const record = model("DnsRecord", {
  purpose: z.enum(["dkim", "mx", "spf", "dmarc"]),
  type: z.string().openapi({ description: "`TXT` or `MX`" }),
  name: z.string(),
  value: z.string(),
  state: z.enum(["found", "missing", "different"]),
  found: z.array(z.string()).openapi({ description: "What the name had at the last check" }),
}, MISSING_KEY);

const sendingDomain = model("SendingDomain", {
  domain: z.string().openapi({ description: "In lower case and ASCII" }),
  sender: z.string().openapi({ description: "The part of the address before the @" }),
  status: z.enum(["pending", "verified", "lost"]).openapi({
    description: "`lost`: it was verified, but its DKIM record has changed or is gone",
  }),
  from: z.object({ name: z.string(), address: z.string() }).openapi({
    description: "Where campaigns come from now",
  }),
  records: z.array(record).openapi({ description: "The DNS records to create" }),
  checkedAt: z.iso.datetime().nullable(),
  verifiedAt: z.iso.datetime().nullable(),
}, {
  domain: "acme.example",
  sender: "news",
  status: "pending",
  from: { name: "Acme via Denizen", address: "no-reply@denizen.example" },
  records: [MISSING_KEY],
  checkedAt: null,
  verifiedAt: null,
});

const domains = tenantResource("Sending domain", "The domain that the tenant's campaigns come from.");
export default domains;

domains.operation("get", "/sending-domain", {
  operationId: "getSendingDomain",
  summary: "Get the sending domain, its DNS records, and what the last check found",
  permission: CAMPAIGNS_MANAGE,
  answer: { description: "The sending domain", schema: sendingDomain },
  refusals: [404],
  withoutEtag: true,
  run: (ctx) => getSendingDomain(ctx),
});

domains.operation("put", "/sending-domain", {
  operationId: "setSendingDomain",
  summary: "Set the sending domain",
  description:
    `${NEEDS} Another domain gets a new DKIM key and has to be verified. Public suffixes, domains of public email providers, and the product's own domain are refused.`,
  permission: CAMPAIGNS_MANAGE,
  events: [SENDING_DOMAIN_CHANGED],
  limits: [NEW_SENDING_DOMAINS],
  body: sendingDomainInput,
  example: { domain: "acme.example", sender: "news" },
  answer: { description: "The sending domain and the records to create", schema: sendingDomain },
  run: (ctx, { body }) => setSendingDomain(ctx, body),
});

domains.operation("delete", "/sending-domain", {
  operationId: "removeSendingDomain",
  summary: "Remove the sending domain and its key",
  permission: CAMPAIGNS_MANAGE,
  events: [SENDING_DOMAIN_REMOVED],
  answer: { status: 204, description: "Campaigns come from the product's address again" },
  refusals: [404],
  run: (ctx) => removeSendingDomain(ctx),
});

domains.operation("post", "/sending-domain/verify", {
  operationId: "verifySendingDomain",
  summary: "Look up the DNS records now",
  description:
    `${NEEDS} The domain is verified once its DKIM record has this tenant's key. It is checked once a day as well. 409: another tenant has the domain verified.`,
  permission: CAMPAIGNS_MANAGE,
  events: [SENDING_DOMAIN_VERIFIED, SENDING_DOMAIN_LOST],
  limits: [DOMAIN_CHECKS],
  storesAnswer: "afterward",
  answer: { description: "The sending domain with what was found", schema: sendingDomain },
  refusals: [404, 409],
  run: (ctx) => verifySendingDomain(ctx),
});
