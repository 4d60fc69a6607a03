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
