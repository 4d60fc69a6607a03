import { z } from "zod";
import { listMembers, MEMBER_LIST } from "../../src/access/members.ts";
import { ROLES } from "../../src/access/permissions.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const member = model("Member", {
  id: z.uuid(),
  userId: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
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
  run: listMembers,
});
