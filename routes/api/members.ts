import { z } from "zod";
import { listMembers, type Member, MEMBER_LIST } from "../../src/access/members.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const member = model("Member", {
  id: z.uuid(),
  userId: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: z.string().openapi({ description: "The ID of a role: see `GET /roles`" }),
  joinedAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime().nullable(),
});

const members = tenantResource("Members");
export default members;

members.list("/members", {
  operationId: "listMembers",
  summary: "List members",
  list: MEMBER_LIST,
  name: "MemberList",
  item: member,
  answer: "A page of members",
  run: async (ctx, query) => {
    const { items, nextCursor } = await listMembers(ctx, query);
    return { items: items.map(toWireMember), nextCursor };
  },
});

function toWireMember({ role, customRole, ...member }: Member) {
  return { ...member, role: customRole?.id ?? role };
}
