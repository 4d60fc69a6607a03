import { z } from "zod";
import { MEMBER_REMOVED, MEMBER_ROLE_CHANGED } from "../../src/access/events.ts";
import {
  listMembers,
  type Member,
  MEMBER_LIST,
  MEMBERS_MANAGE,
  MEMBERS_READ,
} from "../../src/access/members.ts";
import { changeRole, memberChanges, removeMember } from "../../src/access/membership.ts";
import { currentCaller } from "../../src/tenancy/open_tenant.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";
import { requireAccessToken } from "./authentication.ts";

const member = model("Member", {
  id: z.uuid(),
  userId: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: z.string().openapi({ description: "The ID of a role: see `GET /roles`" }),
  joinedAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime().nullable(),
}, {
  id: "0198c0de-2b3c-7a4d-9e5f-6a7b8c9d0e1f",
  userId: "0198c0de-11aa-7c2e-8f4d-7b6a5c4d3e21",
  name: "Ada Marino",
  email: "ada@acme.example",
  role: "owner",
  joinedAt: "2026-01-12T08:30:00.000Z",
  lastSeenAt: "2026-03-02T08:55:00.000Z",
});

const members = tenantResource("Members", "The people in a tenant, invitations, and ownership.");
export default members;

members.list("/members", {
  operationId: "listMembers",
  summary: "List members",
  permission: MEMBERS_READ,
  list: MEMBER_LIST,
  name: "MemberList",
  item: member,
  answer: "A page of members",
  run: async (ctx, query) => {
    const { items, nextCursor } = await listMembers(ctx, query);
    return { items: items.map(toWireMember), nextCursor };
  },
});

members.operation("patch", "/members/{id}", {
  operationId: "updateMember",
  summary: "Change a member's role",
  description:
    "Needs the permission `members:manage`, and every permission of the old and the new role. The member's browser " +
    "sessions in the tenant end.",
  guards: [requireAccessToken],
  permission: MEMBERS_MANAGE,
  events: [MEMBER_ROLE_CHANGED],
  body: memberChanges,
  example: { role: "admin" },
  answer: { description: "The changed member", schema: member },
  refusals: [409],
  run: async (ctx, { id, body }) => toWireMember(await changeRole(await currentCaller(ctx), id, body)),
});

members.operation("delete", "/members/{id}", {
  operationId: "removeMember",
  summary: "Remove a member, or leave the tenant",
  description:
    "Members can remove themselves. Removing someone else needs the permission `members:manage`, and every permission " +
    "of their role. The last owner can't be removed.",
  guards: [requireAccessToken],
  permission: MEMBERS_READ,
  events: [MEMBER_REMOVED],
  answer: { status: 204, description: "The member was removed" },
  refusals: [409],
  run: async (ctx, { id }) => await removeMember(await currentCaller(ctx), id),
});

function toWireMember({ role, customRole, ...member }: Member) {
  return { ...member, role: customRole?.id ?? role };
}
