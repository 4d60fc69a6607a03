import { forbidden } from "../errors.ts";
import type { Grants, Permission } from "./permissions.ts";

type Acting = { actor: { permissions: Grants } };

/** Whether the actor has the permission. Use it to decide what to show. `authorize` protects the action itself. */
export function can({ actor }: Acting, permission: Permission): boolean {
  return actor.permissions.has(permission);
}

/** Throws `forbidden` unless the actor has the permission. Every function that reads or changes data calls this first. */
export function authorize(ctx: Acting, permission: Permission): void {
  if (can(ctx, permission)) return;
  const { label } = permission;
  throw forbidden(`You don't have permission to ${label.charAt(0).toLowerCase()}${label.slice(1)}.`);
}
