import { forbidden } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import type { Services } from "../ports.ts";
import type { Actor } from "./actor.ts";
import type { Grants, MemberRole, Permission } from "./permissions.ts";
import { grantsOfRole } from "./permissions.ts";

export const ROLE_TOO_HIGH = problem("role_too_high", "You can't grant more than your own role allows.");

/** The keys of the permissions among `all` that `grants` include, sorted. */
export function permissionKeys(all: readonly Permission[], grants: Grants): string[] {
  return all.filter((permission) => grants.has(permission)).map(({ key }) => key).sort();
}

/** Whether `own` include every permission of `role`. Nobody can grant permissions that they lack. */
export function includesRole(all: readonly Permission[], own: Grants, role: MemberRole): boolean {
  const granted = grantsOfRole(role);
  return all.every((permission) => own.has(permission) || !granted.has(permission));
}

type Granting = { actor: Actor; services: Pick<Services, "permissions"> };

/** Throws `forbidden` unless the actor may grant the role. */
export function requireGrantable(ctx: Granting, role: MemberRole): void {
  if (!mayGrant(ctx, role)) throw forbidden(ROLE_TOO_HIGH);
}

/** Whether the actor may grant the role. Members can grant only permissions that they have. The platform can grant any role. */
export function mayGrant({ actor, services }: Granting, role: MemberRole): boolean {
  return actor.scope.type === "platform" || includesRole(services.permissions, actor.permissions, role);
}
