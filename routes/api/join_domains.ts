import { z } from "@hono/zod-openapi";
import {
  closeToDomain,
  JOIN_ROLES,
  listJoinDomains,
  newJoinDomain,
  openToDomain,
} from "../../src/access/join_domains.ts";
import { currentCaller, currentMember } from "../../src/tenancy/open_tenant.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const joinDomain = model("JoinDomain", {
  id: z.uuid(),
  domain: z.string(),
  role: z.enum(JOIN_ROLES),
  createdAt: z.iso.datetime(),
});
const joinDomainList = model("JoinDomainList", { data: z.array(joinDomain) });

const domains = tenantResource("Members");
export default domains;

domains.operation("get", "/join-domains", {
  operationId: "listJoinDomains",
  summary: "List the email domains whose people may join without an invitation",
  answer: { description: "The domains", schema: joinDomainList },
  run: async (ctx) => ({ data: await listJoinDomains(ctx) }),
});

domains.operation("post", "/join-domains", {
  operationId: "createJoinDomain",
  summary: "Let everyone with a confirmed address at the caller's own email domain join",
  description: "Domains of public email providers are refused.",
  body: newJoinDomain,
  answer: { status: 201, description: "The domain", schema: joinDomain },
  run: async (ctx, { body }) => await openToDomain(await currentMember(ctx), body),
});

domains.operation("delete", "/join-domains/{id}", {
  operationId: "deleteJoinDomain",
  summary: "Stop letting people join by a domain",
  answer: { status: 204, description: "Nobody can join by it any longer; members stay" },
  run: async (ctx, { id }) => await closeToDomain(await currentCaller(ctx), id),
});
