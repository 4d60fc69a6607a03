import type { Services } from "../ports.ts";
import type { Actor } from "./actor.ts";
import type { Grants, Permission, Role } from "./permissions.ts";
import { grantsOfRole } from "./permissions.ts";

/** The keys of the permissions among `all` that `grants` include, sorted. */
export function permissionKeys(all: readonly Permission[], grants: Grants): string[] {
  return all.filter((permission) => grants.has(permission)).map(({ key }) => key).sort();
}

/** Whether `own` include everything that `role` includes: nobody grants more than they have. */
export function includesRole(all: readonly Permission[], own: Grants, role: Role): boolean {
  const granted = grantsOfRole(role);
  return all.every((permission) => own.has(permission) || !granted.has(permission));
}

/** Whether the actor may give someone the role: members what they have themselves, the platform any role. */
export function mayGrant(
  { actor, services }: { actor: Actor; services: Pick<Services, "permissions"> },
  role: Role,
): boolean {
  return actor.scope.type === "platform" || includesRole(services.permissions, actor.permissions, role);
}
