import { z } from "@hono/zod-openapi";
import {
  closeToDomain,
  JOIN_ROLES,
  type JoinDomain,
  listJoinDomains,
  newJoinDomain,
  openToDomain,
} from "../../src/access/join_domains.ts";
import { DOMAIN_CLOSED, DOMAIN_OPENED } from "../../src/access/events.ts";
import { MEMBERS_MANAGE } from "../../src/access/members.ts";
import { shortList } from "../../src/platform/short_list.ts";
import { currentCaller, currentMember } from "../../src/tenancy/open_tenant.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";
import { requireAccessToken } from "./authentication.ts";

const joinDomain = model("JoinDomain", {
  id: z.uuid(),
  domain: z.string(),
  role: z.enum(JOIN_ROLES),
  createdAt: z.iso.datetime(),
}, {
  id: "0198c0de-8d2e-7f30-9b4c-5d6e7f8a9b0c",
  domain: "acme.example",
  role: "member",
  createdAt: "2026-03-02T09:00:00.000Z",
});
const DOMAIN_LIST = shortList<JoinDomain>("join domains", ({ domain, id }) => ({ key: domain, id }));

const domains = tenantResource("Members");
export default domains;

domains.list("/join-domains", {
  operationId: "listJoinDomains",
  summary: "List the email domains whose people may join without an invitation",
  permission: MEMBERS_MANAGE,
  list: DOMAIN_LIST,
  name: "JoinDomainList",
  item: joinDomain,
  answer: "A page of domains",
  run: async (ctx, query) => DOMAIN_LIST.page(await listJoinDomains(ctx), query),
});

domains.operation("post", "/join-domains", {
  operationId: "createJoinDomain",
  summary: "Let everyone with a confirmed address at the caller's own email domain join",
  description: "Domains of public email providers are refused.",
  guards: [requireAccessToken],
  permission: MEMBERS_MANAGE,
  events: [DOMAIN_OPENED],
  body: newJoinDomain,
  example: { domain: "acme.example", role: "member" },
  answer: { status: 201, description: "The domain", schema: joinDomain },
  run: async (ctx, { body }) => await openToDomain(await currentMember(ctx), body),
});

domains.operation("delete", "/join-domains/{id}", {
  operationId: "deleteJoinDomain",
  summary: "Stop letting people join by a domain",
  permission: MEMBERS_MANAGE,
  events: [DOMAIN_CLOSED],
  answer: { status: 204, description: "Nobody can join by it any longer; members stay" },
  run: async (ctx, { id }) => await closeToDomain(await currentCaller(ctx), id),
});
