import { z } from "zod";
import { MEMBERS_READ } from "../access/members.ts";
import { anonymousEvent, platformEvent } from "../events/event.ts";
import { webhookData } from "../events/webhook_data.ts";
import type { User } from "./users.ts";

/** The part of a user that the log may keep. */
type Logged = Pick<User, "id" | "name"> & Partial<Pick<User, "theme" | "locale" | "avatarColor">>;

export const USER_UPDATED = platformEvent<Logged>("user.updated", {
  sentence: "changed the profile of {name}",
});
export const USER_PASSWORD_CHANGED = platformEvent<Logged>("user.password_changed", {
  sentence: "changed the password of {name}",
});
export const USER_EMAIL_CHANGED = platformEvent<Logged>("user.email_changed", {
  sentence: "changed the email address of {name}",
});
export const USER_SIGNED_OUT = platformEvent<Logged>("user.signed_out", {
  sentence: "signed {name} out",
});
export const USER_FACTOR_ADDED = platformEvent<Logged>("user.factor_added", {
  sentence: "added a second factor to the account of {name}",
});
export const USER_FACTOR_REMOVED = platformEvent<Logged>("user.factor_removed", {
  sentence: "removed a second factor from the account of {name}",
});
export const USER_FACTORS_DISABLED = platformEvent<Logged>("user.factors_disabled", {
  sentence: "disabled all second factors of {name}: {reason}",
});
export const USER_PASSWORD_LINK_SENT = platformEvent<Logged>("user.password_link_sent", {
  sentence: "sent {name} a link to set a new password",
});
export const USER_CONFIRMATION_SENT = platformEvent<Logged>("user.confirmation_sent", {
  sentence: "sent {name} a link to confirm the email address",
});
export const USER_RECOVERY_CODES_REPLACED = platformEvent<Logged>("user.recovery_codes_replaced", {
  sentence: "replaced the recovery codes of {name}",
});
export const USER_IDENTITY_CONNECTED = platformEvent<Logged>("user.identity_connected", {
  sentence: "connected an account for signing in to the account of {name}",
});
export const USER_IDENTITY_DISCONNECTED = platformEvent<Logged>("user.identity_disconnected", {
  sentence: "disconnected an account for signing in from the account of {name}",
});

/** Also in the log of each workspace that the person was a member of. */
const sentPerson = z.object({ user_id: z.uuid(), name: z.string() });

export const USER_LEFT = platformEvent<Logged>("member.left", {
  sentence: "deleted the account of {name}",
  webhook: webhookData<Logged, typeof sentPerson>({
    description: "A member deleted their account.",
    permission: MEMBERS_READ,
    schema: sentPerson,
    sample: { user_id: "0198c0de-11f0-7a3c-8b5d-6e7f80910213", name: "Ben Alvarez" },
    of: ({ id, name }) => ({ user_id: id, name }),
  }),
});
export const USER_DELETED = anonymousEvent("user.deleted", { sentence: "deleted an account" });

export const SIGNING_KEYS_ROTATED = anonymousEvent("signing_keys.rotated", {
  sentence: "rotated the signing keys",
});

export const EVENTS = [
  USER_UPDATED,
  USER_PASSWORD_CHANGED,
  USER_EMAIL_CHANGED,
  USER_SIGNED_OUT,
  USER_FACTOR_ADDED,
  USER_FACTOR_REMOVED,
  USER_FACTORS_DISABLED,
  USER_PASSWORD_LINK_SENT,
  USER_CONFIRMATION_SENT,
  USER_RECOVERY_CODES_REPLACED,
  USER_IDENTITY_CONNECTED,
  USER_IDENTITY_DISCONNECTED,
  USER_LEFT,
  USER_DELETED,
  SIGNING_KEYS_ROTATED,
];
