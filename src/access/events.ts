import { z } from "zod";
import { event } from "../events/event.ts";
import { type WebhookData, webhookData } from "../events/webhook_data.ts";
import { MEMBERS_MANAGE, MEMBERS_READ } from "./members.ts";

/** An invitation, whose name is the address, or a domain. */
type Invited = { id: string; name: string };
/** A person of the tenant. `id` is the user's. */
type Person = { id: string; name: string };

const sentInvitation = z.object({ id: z.uuid(), email: z.string(), role: z.string() });
const sentMember = z.object({ user_id: z.uuid(), name: z.string(), role: z.string() });

export const MEMBER_INVITED = event<Invited>("member.invited", {
  sentence: "invited {name} as {role}",
  webhook: webhookData<Invited, typeof sentInvitation>({
    description: "Someone was invited to the workspace.",
    permission: MEMBERS_MANAGE,
    schema: sentInvitation,
    sample: { id: "0198c0de-7b2c-7d33-8e4f-60718293a4b5", email: "ben@example.com", role: "member" },
    of: ({ id, name }, { role }) => ({ id, email: name, role: String(role) }),
  }),
});
export const INVITATION_REVOKED = event<Invited>("invitation.revoked", {
  sentence: "revoked the invitation of {name}",
});
export const MEMBER_JOINED = event<Person>("member.joined", {
  sentence: "joined the workspace as {role}",
  webhook: memberData("Someone joined the workspace."),
});
export const MEMBER_ROLE_CHANGED = event<Person>("member.role_changed", {
  sentence: "changed the role of {name} from {from} to {to}",
});
/** Also when a member leaves. */
export const MEMBER_REMOVED = event<Person>("member.removed", {
  sentence: "ended the membership of {name}",
  webhook: memberData("A member left or was removed."),
});
export const OWNERSHIP_OFFERED = event<Person>("ownership.offered", {
  sentence: "offered the ownership to {name}",
});
export const OWNERSHIP_WITHDRAWN = event<Person>("ownership.withdrawn", {
  sentence: "withdrew the offer of ownership to {name}",
});
export const OWNERSHIP_DECLINED = event<Person>("ownership.declined", {
  sentence: "declined the ownership",
});
/** The subject is the former owner. */
export const OWNERSHIP_TRANSFERRED = event<Person>("ownership.transferred", {
  sentence: "took over the ownership from {name}",
});
/** The name is the domain. */
export const DOMAIN_OPENED = event<Invited>("join_domain.opened", {
  sentence: "let everyone at {name} join as {role}",
});
export const DOMAIN_CLOSED = event<Invited>("join_domain.closed", {
  sentence: "stopped letting everyone at {name} join",
});

export const EVENTS = [
  MEMBER_INVITED,
  INVITATION_REVOKED,
  MEMBER_JOINED,
  MEMBER_ROLE_CHANGED,
  MEMBER_REMOVED,
  OWNERSHIP_OFFERED,
  OWNERSHIP_WITHDRAWN,
  OWNERSHIP_DECLINED,
  OWNERSHIP_TRANSFERRED,
  DOMAIN_OPENED,
  DOMAIN_CLOSED,
];

function memberData(description: string): WebhookData<Person> {
  return webhookData<Person, typeof sentMember>({
    description,
    permission: MEMBERS_READ,
    schema: sentMember,
    sample: { user_id: "0198c0de-11f0-7a3c-8b5d-6e7f80910213", name: "Ben Alvarez", role: "member" },
    of: ({ id, name }, { role }) => ({ user_id: id, name, role: String(role) }),
  });
}
