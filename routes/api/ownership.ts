import { z } from "@hono/zod-openapi";
import {
  OWNERSHIP_DECLINED,
  OWNERSHIP_OFFERED,
  OWNERSHIP_TRANSFERRED,
  OWNERSHIP_WITHDRAWN,
} from "../../src/access/events.ts";
import { MEMBERS_READ } from "../../src/access/members.ts";
import {
  acceptOwnership,
  endOwnershipOffer,
  getOwnershipOffer,
  newOwnershipOffer,
  offerOwnership,
  OWNERSHIP_TRANSFER,
} from "../../src/access/ownership.ts";
import { currentMember } from "../../src/tenancy/open_tenant.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";
import { requireAccessToken } from "./authentication.ts";

const person = z.object({ userId: z.uuid(), name: z.string() });

const offer = model("OwnershipOffer", {
  from: person,
  to: person,
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
}, {
  from: { userId: "0198c0de-11aa-7c2e-8f4d-7b6a5c4d3e21", name: "Ada Marino" },
  to: { userId: "0198c0de-22bb-7d3f-9a5e-8c7b6d5e4f32", name: "Ben Okafor" },
  createdAt: "2026-03-02T09:00:00.000Z",
  expiresAt: "2026-03-09T09:00:00.000Z",
});

const ownership = tenantResource("Members");
export default ownership;

ownership.operation("get", "/ownership-offer", {
  operationId: "getOwnershipOffer",
  summary: "Get the open offer of ownership, if the caller made it or it is made to them",
  permission: MEMBERS_READ,
  withoutEtag: true,
  answer: { description: "The offer", schema: offer },
  refusals: [404],
  run: (ctx) => getOwnershipOffer(ctx),
});

ownership.operation("post", "/ownership-offer", {
  operationId: "offerOwnership",
  summary: "Offer ownership of the tenant to another member",
  description:
    "Owners only. Replaces an earlier offer. Once the member accepts, within 7 days, they are an owner and the caller is " +
    "an admin.",
  guards: [requireAccessToken],
  permission: OWNERSHIP_TRANSFER,
  events: [OWNERSHIP_OFFERED],
  body: newOwnershipOffer,
  example: { memberId: "0198c0de-2b3c-7a4d-9e5f-6a7b8c9d0e1f" },
  answer: { description: "The offer", schema: offer },
  refusals: [404],
  run: async (ctx, { body }) => await offerOwnership(await currentMember(ctx), body.memberId),
});

ownership.operation("post", "/ownership-offer/acceptance", {
  operationId: "acceptOwnership",
  summary: "Accept ownership",
  guards: [requireAccessToken],
  permission: MEMBERS_READ,
  events: [OWNERSHIP_TRANSFERRED],
  answer: { status: 204, description: "The caller is an owner, and the former owner an admin" },
  refusals: [404],
  run: async (ctx) => await acceptOwnership(await currentMember(ctx)),
});

ownership.operation("delete", "/ownership-offer", {
  operationId: "endOwnershipOffer",
  summary: "Decline ownership, or withdraw your own offer",
  guards: [requireAccessToken],
  permission: MEMBERS_READ,
  events: [OWNERSHIP_DECLINED, OWNERSHIP_WITHDRAWN],
  answer: { status: 204, description: "The offer has ended" },
  refusals: [404],
  run: async (ctx) => await endOwnershipOffer(await currentMember(ctx)),
});
