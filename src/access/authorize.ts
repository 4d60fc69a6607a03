import { forbidden } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import type { Grants, Permission } from "./permissions.ts";

const PERMISSION_MISSING = problem("permission_missing", "You don't have permission to {action}.");

type Acting = { actor: { permissions: Grants } };

/** Whether the actor has the permission. Use it to decide what to show. `authorize` protects the action itself. */
export function can({ actor }: Acting, permission: Permission): boolean {
  return actor.permissions.has(permission);
}

/** Throws `forbidden` unless the actor has the permission. Every function that reads or changes data calls this first. */
export function authorize(ctx: Acting, permission: Permission): void {
  if (can(ctx, permission)) return;
  const { label } = permission;
  throw forbidden(PERMISSION_MISSING.with({ action: label.charAt(0).toLowerCase() + label.slice(1) }));
}
