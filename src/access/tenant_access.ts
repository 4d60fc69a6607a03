import { and, eq } from "drizzle-orm";
import { memberships } from "../../db/control/schema/memberships.ts";
import type { SystemContext } from "../context.ts";
import { forbidden, notFound } from "../errors.ts";
import { isId } from "../platform/ids.ts";
import { authorize, mayGrant, type Permission, type Role } from "./roles.ts";

/** Lets only the platform's own people and the product itself pass. Throws `forbidden`. */
export function authorizePlatform({ actor }: SystemContext): void {
  if (!isPlatform({ actor })) throw forbidden("Only the platform's staff may do this.");
}

/**
 * Lets those pass whose role in this tenant has the permission, and the platform. The role is read from the database.
 * Throws `not_found` to those who are not members, `forbidden`.
 */
export async function authorizeOn(
  ctx: SystemContext,
  tenantId: string,
  permission: Permission,
): Promise<void> {
  if (!isPlatform(ctx)) authorize({ actor: { role: await getRoleIn(ctx, tenantId) } }, permission);
}

/**
 * Lets those pass who may manage the tenant's members and may grant `role`, and the platform. Every way of giving someone a
 * role in a tenant that exists goes through here. Throws `not_found`, `forbidden`.
 */
export async function authorizeGrant(ctx: SystemContext, tenantId: string, role: Role): Promise<void> {
  if (isPlatform(ctx)) return;
  const own = await getRoleIn(ctx, tenantId);
  authorize({ actor: { role: own } }, "members:manage");
  if (!mayGrant(own, role)) throw forbidden(`Your role (${own}) can't grant the role ${role}.`);
}

/** The actor's role in a tenant. Someone who acts as a member of one tenant has none in the others. */
async function getRoleIn({ actor, control }: SystemContext, tenantId: string): Promise<Role> {
  if (!isId(tenantId)) throw notFound("This workspace");
  if (actor.type !== "user" && actor.type !== "member") throw forbidden();
  if (actor.type === "member" && actor.tenantId !== tenantId) throw notFound("This workspace");
  const [membership] = await control.select({ role: memberships.role }).from(memberships)
    .where(and(eq(memberships.tenantId, tenantId), eq(memberships.userId, actor.id)));
  if (!membership) throw notFound("This workspace");
  return membership.role;
}

/** Whether it is the platform's own people, or the product itself. */
export function isPlatform({ actor }: Pick<SystemContext, "actor">): boolean {
  return actor.type === "system" || (actor.type === "user" && actor.isPlatformAdmin);
}
