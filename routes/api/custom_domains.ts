import { z } from "@hono/zod-openapi";
import {
  addCustomDomain,
  type CustomDomain,
  customDomainChanges,
  getCustomDomain,
  listCustomDomains,
  newCustomDomain,
  removeCustomDomain,
  setPrimary,
} from "../../src/custom_domains/domains.ts";
import {
  CUSTOM_DOMAIN_ADDED,
  CUSTOM_DOMAIN_FAILING,
  CUSTOM_DOMAIN_LOST,
  CUSTOM_DOMAIN_REMOVED,
  CUSTOM_DOMAIN_VERIFIED,
  PRIMARY_DOMAIN_SET,
  PRIMARY_DOMAIN_UNSET,
} from "../../src/custom_domains/events.ts";
import { GRACE_DAYS } from "../../src/custom_domains/live_hosts.ts";
import { DOMAINS_MANAGE } from "../../src/custom_domains/permissions.ts";
import { CUSTOM_DOMAIN_CHECKS, verifyCustomDomain } from "../../src/custom_domains/verification.ts";
import { shortList } from "../../src/platform/short_list.ts";
import { currentCaller } from "../../src/tenancy/open_tenant.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const NEEDS = "Only for owners. Needs a plan with `custom_domains`.";
const PROOF = "Needs a recent proof of who you are.";

const customDomain = model("CustomDomain", {
  id: z.uuid(),
  domain: z.string().openapi({ description: "In lower case and ASCII" }),
  status: z.enum(["pending", "verified", "failing", "lost"]).openapi({
    description:
      `\`failing\`: the TXT record was gone at the last check. \`lost\`: the record stayed away for ${GRACE_DAYS} days`,
  }),
  primary: z.boolean().openapi({
    description: "Links use it, and the tenant's other domains redirect to it",
  }),
  live: z.boolean().openapi({
    description: "It answers: it is verified, and the plan includes custom domains",
  }),
  record: z.object({ type: z.literal("TXT"), name: z.string(), value: z.string() }).openapi({
    description: "The DNS record to create",
  }),
  found: z.array(z.string()).openapi({ description: "What the record's name had at the last check" }),
  failingSince: z.iso.datetime().nullable(),
  checkedAt: z.iso.datetime().nullable(),
  verifiedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
}, {
  id: "0198c0de-6a1b-7c3d-8e4f-5a6b7c8d9e01",
  domain: "app.acme.example",
  status: "pending",
  primary: false,
  live: false,
  record: {
    type: "TXT",
    name: "_domain-verification.app.acme.example",
    value: "domain-verification=Yk3mX0c1mS0f0a9c0c0b4V7pQk2l8n5r1t3w6y9zAbC",
  },
  found: [],
  failingSince: null,
  checkedAt: null,
  verifiedAt: null,
  createdAt: "2026-03-02T09:00:00.000Z",
});
const DOMAIN_LIST = shortList<CustomDomain>("custom domains", ({ createdAt, id }) => ({
  key: createdAt.toISOString(),
  id,
}));

const domains = tenantResource("Custom domains", "The domains where the tenant's workspace answers.");
export default domains;

domains.list("/custom-domains", {
  operationId: "listCustomDomains",
  summary: "List the custom domains",
  description: "The oldest first.",
  permission: DOMAINS_MANAGE,
  list: DOMAIN_LIST,
  name: "CustomDomainList",
  item: customDomain,
  answer: "A page of domains",
  run: async (ctx, query) => DOMAIN_LIST.page(await listCustomDomains(ctx), query),
});

domains.operation("post", "/custom-domains", {
  operationId: "addCustomDomain",
  summary: "Add a custom domain",
  description:
    `${NEEDS} ${PROOF} The domain has to be verified. Public suffixes, domains of public email providers, IP addresses, wildcards, and the product's own domain are refused. 409: too many domains.`,
  permission: DOMAINS_MANAGE,
  events: [CUSTOM_DOMAIN_ADDED],
  body: newCustomDomain,
  example: { domain: "app.acme.example" },
  answer: { status: 201, description: "The domain and the record to create", schema: customDomain },
  refusals: [409],
  run: async (ctx, { body }) => await addCustomDomain(await currentCaller(ctx), body),
});

domains.operation("get", "/custom-domains/{id}", {
  operationId: "getCustomDomain",
  summary: "Get a custom domain",
  permission: DOMAINS_MANAGE,
  answer: { description: "The domain", schema: customDomain },
  run: (ctx, { id }) => getCustomDomain(ctx, id),
});

domains.operation("patch", "/custom-domains/{id}", {
  operationId: "updateCustomDomain",
  summary: "Make a custom domain primary, or use the subdomain again",
  description:
    `${NEEDS} Making it primary needs a recent proof of who you are. 409: the domain isn't verified.`,
  permission: DOMAINS_MANAGE,
  events: [PRIMARY_DOMAIN_SET, PRIMARY_DOMAIN_UNSET],
  body: customDomainChanges,
  example: { primary: true },
  answer: { description: "The changed domain", schema: customDomain },
  refusals: [409],
  run: async (ctx, { id, body }) => await setPrimary(await currentCaller(ctx), id, body),
});

domains.operation("delete", "/custom-domains/{id}", {
  operationId: "removeCustomDomain",
  summary: "Remove a custom domain",
  description: "It stops immediately, and everyone is signed out there.",
  permission: DOMAINS_MANAGE,
  events: [CUSTOM_DOMAIN_REMOVED],
  answer: { status: 204, description: "The domain was removed" },
  run: async (ctx, { id }) => await removeCustomDomain(await currentCaller(ctx), id),
});

domains.operation("post", "/custom-domains/{id}/verify", {
  operationId: "verifyCustomDomain",
  summary: "Look up the TXT record now",
  description:
    `${NEEDS} The domain is live once its record has this tenant's value. It is checked once a day as well. 409: the domain is live for another tenant.`,
  permission: DOMAINS_MANAGE,
  events: [CUSTOM_DOMAIN_VERIFIED, CUSTOM_DOMAIN_FAILING, CUSTOM_DOMAIN_LOST],
  limits: [CUSTOM_DOMAIN_CHECKS],
  storesAnswer: "afterward",
  answer: { description: "The domain with what was found", schema: customDomain },
  refusals: [409],
  run: async (ctx, { id }) => await verifyCustomDomain(await currentCaller(ctx), id),
});
