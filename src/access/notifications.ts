import { and, eq, isNotNull } from "drizzle-orm";
import { z } from "zod";
import { users } from "../../db/control/schema/users.ts";
import { membersWith, these } from "../notifications/audience.ts";
import { notificationKind } from "../notifications/kind.ts";
import { type JobRun, tenantOf } from "../outbox/job.ts";
import { MEMBER_INVITED, MEMBER_JOINED } from "./events.ts";
import { findInvitation, type InvitationRow, invitationUrl } from "./invitation_links.ts";
import { MEMBERS_MANAGE } from "./members.ts";

/** Told to the person with the invited address, once they have confirmed that it is theirs. */
export const INVITED = notificationKind("invited", {
  label: "You are invited to a workspace",
  sentence: "You are invited to join {workspace}.",
  event: MEMBER_INVITED,
  permission: null,
  isPersonal: true,
  data: z.object({ invitation_id: z.uuid() }),
  of: ({ id }) => ({ invitation_id: id }),
  async *to(run, { invitation_id }) {
    const invitation = await findOwnInvitation(run, invitation_id);
    if (!invitation) return;
    const isInvited = and(eq(users.email, invitation.email), isNotNull(users.emailVerifiedAt));
    const found = await run.system.control.select({ id: users.id }).from(users).where(isInvited);
    yield* these(found.map(({ id }) => id));
  },
  load: async (run, { invitation_id }) => {
    const invitation = await findOwnInvitation(run, invitation_id);
    return invitation && { invitation_id, workspace: tenantOf(run).tenant.name };
  },
  link: ({ invitation_id }, services) => invitationUrl({ services }, String(invitation_id)),
});

export const JOINED = notificationKind("joined", {
  label: "Someone joins the workspace",
  sentence: "{name} joined the workspace as {role}.",
  event: MEMBER_JOINED,
  permission: MEMBERS_MANAGE,
  channels: { feed: true, email: false, push: true },
  data: z.object({ user_id: z.uuid(), name: z.string(), role: z.string() }),
  of: ({ id, name }, { role }) => ({ user_id: id, name, role: String(role) }),
  to: membersWith(MEMBERS_MANAGE),
  link: ({ name }) => `/team?${new URLSearchParams({ search: String(name) })}`,
});

export const NOTIFICATION_KINDS = [INVITED, JOINED];

/** The tenant's open invitation with this id. */
async function findOwnInvitation(run: JobRun, id: string): Promise<InvitationRow | null> {
  const { system, tenant } = tenantOf(run);
  const invitation = await findInvitation(system, id);
  return invitation?.tenantId === tenant.id ? invitation : null;
}
