import { z } from "@hono/zod-openapi";
import { csvInvitations, type CsvReport, inviteByCsv } from "../../src/access/csv_invitations.ts";
import {
  type Invitation,
  INVITATION_LIST,
  invite,
  listInvitations,
  newInvitation,
  resendInvitation,
  revokeInvitation,
} from "../../src/access/invitations.ts";
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
});

const invitations = tenantResource("Members");
export default invitations;

invitations.list("/invitations", {
  operationId: "listInvitations",
  summary: "List the invitations that nobody has accepted yet, expired ones included",
  description: "Needs the permission `members:manage`, as do all operations on invitations.",
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
  body: newInvitation,
  answer: { status: 201, description: "The invitation", schema: invitation },
  refusals: [409],
  run: async (ctx, { body }) => toWireInvitation(await invite(await currentCaller(ctx), body)),
});

invitations.operation("post", "/invitations/batch", {
  operationId: "createInvitations",
  summary: "Invite the people on a list",
  description:
    "`csv` has a line for each person: `email,role`. If a line has an error, nobody is invited. With `dry_run`, nobody is " +
    "invited either. People who are members already are left out.",
  body: csvInvitations,
  answer: { description: "What happens to each line, and how many invitations were sent", schema: report },
  refusals: [409],
  run: async (ctx, { body }) => shown(await inviteByCsv(await currentCaller(ctx), body)),
});

invitations.operation("delete", "/invitations/{id}", {
  operationId: "revokeInvitation",
  summary: "Revoke an invitation",
  answer: { status: 204, description: "The link no longer works" },
  run: async (ctx, { id }) => await revokeInvitation(await currentCaller(ctx), id),
});

invitations.operation("post", "/invitations/{id}/resend", {
  operationId: "resendInvitation",
  summary: "Email an invitation again",
  description: "It is then open for another 7 days.",
  answer: { description: "The invitation", schema: invitation },
  refusals: [409],
  run: async (ctx, { id }) => toWireInvitation(await resendInvitation(await currentCaller(ctx), id)),
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
