import { forbidden } from "../errors.ts";
import type { Clock } from "../platform/clock.ts";
import { problem } from "../platform/problem.ts";
import type { Actor, UserId } from "./actor.ts";
import type { Grants, Permission } from "./permissions.ts";

const PERMISSION_MISSING = problem("permission_missing", "You don't have permission to {action}.");
const WORKSPACE_READ_ONLY = problem(
  "workspace_read_only",
  "This workspace is read-only, because a payment failed. Pay the open invoice at /billing.",
);
const PERSON_NEEDED = problem(
  "person_needed",
  "API keys can't do this. Use an access token of a person.",
);
const NOT_YOURS = problem("other_persons_account", "This belongs to someone else.");

/** In a tenant, `tenant` and `services` tell whether a failed payment makes it read-only. */
type Acting = {
  actor: { permissions: Grants; type?: Actor["type"] };
  tenant?: { restrictedFrom: Date | null };
  services?: { clock: Clock };
};

/** Whether the actor has the permission. Use it to decide what to show. `authorize` protects the action itself. */
export function can({ actor }: Acting, permission: Permission): boolean {
  return actor.permissions.has(permission);
}

/** Throws `forbidden` unless the actor has the permission. Every function that reads or changes data calls this first. */
export function authorize(ctx: Acting, permission: Permission): void {
  authorizeReading(ctx, permission);
  if (!permission.whenRestricted && isReadOnly(ctx)) throw forbidden(WORKSPACE_READ_ONLY);
}

/**
 * Like `authorize`, for a function that only reads behind a permission that also changes something: a read-only workspace can be read.
 */
export function authorizeReading(ctx: Acting, permission: Permission): void {
  if (!can(ctx, permission)) throw forbidden(PERMISSION_MISSING.with({ action: permission.action }));
}

/** Whether a failed payment keeps the actor from changing anything in the tenant. The product and its staff go on. */
export function isReadOnly({ actor, tenant, services }: Acting): boolean {
  if (!tenant?.restrictedFrom || !services || actor.type === "system" || actor.type === "staff") return false;
  return tenant.restrictedFrom <= services.clock.now();
}

/** Throws `forbidden` for a program with an API key: what only a person may do starts with this, after `authorize`. */
export function requirePerson<Who extends Actor>(
  actor: Who,
): asserts actor is Exclude<Who, { type: "key" }> {
  if (actor.type === "key") throw forbidden(PERSON_NEEDED);
}

/** Throws `forbidden` unless the actor is this user, or the product itself. Staff and keys that act for the user aren't. Every function about a person's account calls this first. */
export function authorizeSelf({ actor }: { actor: Actor }, userId: UserId): void {
  if (actor.type === "system") return;
  requirePerson(actor);
  if (actor.type === "visitor" || actor.type === "acting" || actor.id !== userId) throw forbidden(NOT_YOURS);
}
