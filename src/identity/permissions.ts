import type { UserId } from "../access/actor.ts";
import { authorizeSelf, can } from "../access/authorize.ts";
import { permission } from "../access/permissions.ts";
import type { SystemContext } from "../context.ts";

/** Allows staff to see all people in the back office, and to help those who can't get into their account. */
export const USERS_MANAGE = permission("users:manage", {
  roles: [],
  staff: true,
  label: "Manage all accounts",
});

/** Throws `forbidden` unless the actor is this person, or may manage all accounts. Only for what changes nothing. */
export function authorizeToSee(ctx: SystemContext, userId: UserId): void {
  if (!can(ctx, USERS_MANAGE)) authorizeSelf(ctx, userId);
}
