import { z } from "@hono/zod-openapi";
import {
  acceptOwnership,
  endOwnershipOffer,
  getOwnershipOffer,
  newOwnershipOffer,
  offerOwnership,
} from "../../src/access/ownership.ts";
import { currentMember } from "../../src/tenancy/open_tenant.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const person = z.object({ userId: z.uuid(), name: z.string() });

const offer = model("OwnershipOffer", {
  from: person,
  to: person,
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});

const ownership = tenantResource("Members");
export default ownership;

ownership.operation("get", "/ownership-offer", {
  operationId: "getOwnershipOffer",
  summary: "Get the open offer of ownership, if the caller made it or it is made to them",
  answer: { description: "The offer", schema: offer },
  refusals: [404],
  run: (ctx) => getOwnershipOffer(ctx),
});

ownership.operation("post", "/ownership-offer", {
  operationId: "offerOwnership",
  summary: "Offer the ownership of the tenant to another member",
  description:
    "Owners only. Replaces an earlier offer. Once the member accepts, within 7 days, they are an owner and the caller is " +
    "an admin.",
  body: newOwnershipOffer,
  answer: { description: "The offer", schema: offer },
  refusals: [404, 409],
  run: async (ctx, { body }) => await offerOwnership(await currentMember(ctx), body.memberId),
});

ownership.operation("post", "/ownership-offer/acceptance", {
  operationId: "acceptOwnership",
  summary: "Accept the ownership",
  answer: { status: 204, description: "The caller is an owner, and the former owner an admin" },
  refusals: [404],
  run: async (ctx) => await acceptOwnership(await currentMember(ctx)),
});

ownership.operation("delete", "/ownership-offer", {
  operationId: "endOwnershipOffer",
  summary: "Decline the ownership, or withdraw one's own offer",
  answer: { status: 204, description: "The offer has ended" },
  refusals: [404],
  run: async (ctx) => await endOwnershipOffer(await currentMember(ctx)),
});
