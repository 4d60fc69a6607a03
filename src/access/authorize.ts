import { forbidden } from "../errors.ts";
import type { Grants, Permission } from "./permissions.ts";

type Acting = { actor: { permissions: Grants } };

/** Whether the actor has the permission: to show what they can do. `authorize` guards what they do. */
export function can({ actor }: Acting, permission: Permission): boolean {
  return actor.permissions.has(permission);
}

/** Lets only actors with the permission pass. The first line of every function that acts. Throws `forbidden`. */
export function authorize(ctx: Acting, permission: Permission): void {
  if (can(ctx, permission)) return;
  const { label } = permission;
  throw forbidden(`You don't have permission to ${label.charAt(0).toLowerCase()}${label.slice(1)}.`);
}
