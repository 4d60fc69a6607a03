import { z } from "@hono/zod-openapi";
import { csvInvitations, type CsvReport, inviteByCsv } from "../../src/access/csv_invitations.ts";
import { INVITATION_REVOKED, MEMBER_INVITED } from "../../src/access/events.ts";
import {
  type Invitation,
  INVITATION_LIST,
  INVITATIONS_PER_TENANT,
  invite,
  listInvitations,
  newInvitation,
  resendInvitation,
  revokeInvitation,
} from "../../src/access/invitations.ts";
import { MEMBERS_MANAGE } from "../../src/access/members.ts";
import { englishOf } from "../../src/platform/problem.ts";
import { currentCaller } from "../../src/tenancy/open_tenant.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const invitation = model("Invitation", {
  id: z.uuid(),
  email: z.string(),
  role: z.string().openapi({ description: "The ID of a role: see `GET /roles`" }),
  invitedBy: z.string().nullable().openapi({ description: "The inviter's name" }),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
}, {
  id: "0198c0de-7c1d-7e2f-8a3b-4c5d6e7f8a9b",
  email: "ben@partner.example",
  role: "member",
  invitedBy: "Ada Marino",
  createdAt: "2026-03-02T09:00:00.000Z",
  expiresAt: "2026-03-09T09:00:00.000Z",
});

const report = model("InvitationReport", {
  sent: z.int(),
  lines: z.array(z.object({
    line: z.int(),
    email: z.string(),
    role: z.string(),
    status: z.enum(["new", "again", "member", "error"]),
    code: z.string().nullable(),
    message: z.string().nullable(),
  })),
}, {
  sent: 1,
  lines: [{
    line: 1,
    email: "ben@partner.example",
    role: "member",
    status: "new",
    code: null,
    message: null,
  }],
});

const invitations = tenantResource("Members");
export default invitations;

invitations.list("/invitations", {
  operationId: "listInvitations",
  summary: "List the invitations that nobody has accepted yet, expired ones included",
  description: "Needs the permission `members:manage`, as do all operations on invitations.",
  permission: MEMBERS_MANAGE,
  list: INVITATION_LIST,
  name: "InvitationList",
  item: invitation,
  answer: "A page of invitations",
  run: async (ctx, query) => {
    const { items, nextCursor } = await listInvitations(ctx, query);
    return { items: items.map(toWireInvitation), nextCursor };
  },
});

invitations.operation("post", "/invitations", {
  operationId: "createInvitation",
  summary: "Invite a person by email",
  description:
    "The emailed link works once, for 7 days. Inviting the same address again replaces its invitation. An invitation " +
    "takes no seat, but the plan must have a free one.",
  permission: MEMBERS_MANAGE,
  events: [MEMBER_INVITED],
  limits: [INVITATIONS_PER_TENANT],
  body: newInvitation,
  example: { email: "ben@partner.example", role: "member" },
  answer: { status: 201, description: "The invitation", schema: invitation },
  run: async (ctx, { body }) => await invite(await currentCaller(ctx), body),
  present: toWireInvitation,
});

invitations.operation("post", "/invitations/batch", {
  operationId: "createInvitations",
  summary: "Invite the people on a list",
  description:
    "`csv` has a line for each person: `email,role`. If a line has an error, nobody is invited. With `dry_run`, nobody is " +
    "invited either. People who are members already are left out.",
  permission: MEMBERS_MANAGE,
  events: [MEMBER_INVITED],
  limits: [INVITATIONS_PER_TENANT],
  body: csvInvitations,
  example: { csv: "email,role\nben@partner.example,member\n", dryRun: true },
  answer: { description: "What happens to each line, and how many invitations were sent", schema: report },
  run: async (ctx, { body }) => await inviteByCsv(await currentCaller(ctx), body),
  present: shown,
});

invitations.operation("delete", "/invitations/{id}", {
  operationId: "revokeInvitation",
  summary: "Revoke an invitation",
  permission: MEMBERS_MANAGE,
  events: [INVITATION_REVOKED],
  answer: { status: 204, description: "The link no longer works" },
  run: async (ctx, { id }) => await revokeInvitation(await currentCaller(ctx), id),
});

invitations.operation("post", "/invitations/{id}/resend", {
  operationId: "resendInvitation",
  summary: "Email an invitation again",
  description: "It is then open for another 7 days.",
  permission: MEMBERS_MANAGE,
  events: [MEMBER_INVITED],
  limits: [INVITATIONS_PER_TENANT],
  answer: { description: "The invitation", schema: invitation },
  run: async (ctx, { id }) => await resendInvitation(await currentCaller(ctx), id),
  present: toWireInvitation,
});

function toWireInvitation({ role, customRole, ...invitation }: Invitation) {
  return { ...invitation, role: customRole?.id ?? role };
}

function shown({ lines, sent }: CsvReport) {
  return {
    sent,
    lines: lines.map(({ problem, ...line }) => ({
      ...line,
      code: problem && problem.code,
      message: problem && englishOf(problem),
    })),
  };
}
