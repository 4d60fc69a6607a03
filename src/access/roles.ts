import { forbidden } from "../errors.ts";

export const ROLES = ["owner", "admin", "member", "viewer"] as const;
export type Role = typeof ROLES[number];

export const PERMISSIONS = [
  "projects:read",
  "projects:write",
  "members:read",
  "members:manage",
  "billing:manage",
  "api_keys:manage",
  "webhooks:manage",
  "audit:read",
  "analytics:read",
  "settings:manage",
  "tenant:delete",
  "campaigns:manage",
] as const;
export type Permission = typeof PERMISSIONS[number];

const OWNERS_ONLY: Permission[] = ["billing:manage", "tenant:delete"];
const READING: Permission[] = ["projects:read", "members:read", "analytics:read"];

const PERMISSIONS_OF: Record<Role, ReadonlySet<Permission>> = {
  owner: new Set(PERMISSIONS),
  admin: new Set(PERMISSIONS.filter((permission) => !OWNERS_ONLY.includes(permission))),
  member: new Set<Permission>([...READING, "projects:write"]),
  viewer: new Set(READING),
};

/** What a role may do, in the order of `PERMISSIONS`. */
export function permissionsOf(role: Role): Permission[] {
  return PERMISSIONS.filter((permission) => PERMISSIONS_OF[role].has(permission));
}

/** Whether the role has the permission: for showing what someone can do. What they do is checked by `authorize`. */
export function can(ctx: { actor: { role: Role } }, permission: Permission): boolean {
  return PERMISSIONS_OF[ctx.actor.role].has(permission);
}

/** Whether someone with the role `granting` may give `role` away: nobody grants what they don't have, only owners make owners. */
export function mayGrant(granting: Role, role: Role): boolean {
  if (role === "owner") return granting === "owner";
  return permissionsOf(role).every((permission) => PERMISSIONS_OF[granting].has(permission));
}

/** Lets only those pass whose role has the permission. Throws `forbidden`. First line of every function that acts. */
export function authorize(ctx: { actor: { role: Role } }, permission: Permission): void {
  if (!can(ctx, permission)) {
    throw forbidden(`Your role (${ctx.actor.role}) does not include the permission ${permission}.`);
  }
}
