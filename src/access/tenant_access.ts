import { and, eq } from "drizzle-orm";
import { memberships } from "../../db/control/schema/memberships.ts";
import type { SystemContext } from "../context.ts";
import { forbidden, notFound } from "../errors.ts";
import { isId } from "../platform/ids.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { authorize } from "./authorize.ts";
import { includesRole } from "./granting.ts";
import { MEMBERS_MANAGE } from "./members.ts";
import { type Grants, grantsOfRole, type Permission, type Role } from "./permissions.ts";

/** Throws `not_found` to those who are not members, `forbidden`. */
export async function authorizeOn(
  ctx: SystemContext,
  tenantId: string,
  permission: Permission,
): Promise<void> {
  authorize({ actor: { permissions: await grantsIn(ctx, tenantId) } }, permission);
}

/** Throws `not_found`, `forbidden`. */
export async function authorizeGrant(ctx: SystemContext, tenantId: string, role: Role): Promise<void> {
  if (isPlatform(ctx)) return;
  const own = await grantsIn(ctx, tenantId);
  authorize({ actor: { permissions: own } }, MEMBERS_MANAGE);
  if (!includesRole(ctx.services.permissions, own, role)) {
    throw forbidden(`You can't grant the role ${role}.`);
  }
}

async function grantsIn({ actor, control }: SystemContext, tenantId: string): Promise<Grants> {
  if (isPlatform({ actor })) return actor.permissions;
  if (!isId<TenantId>(tenantId)) throw notFound("This workspace");
  if (actor.type !== "user" && actor.type !== "member") throw forbidden();
  if (actor.type === "member" && actor.tenantId !== tenantId) throw notFound("This workspace");
  const [membership] = await control.select({ role: memberships.role }).from(memberships)
    .where(and(eq(memberships.tenantId, tenantId), eq(memberships.userId, actor.id)));
  if (!membership) throw notFound("This workspace");
  return grantsOfRole(membership.role);
}

export function isPlatform({ actor }: Pick<SystemContext, "actor">): boolean {
  return actor.scope.type === "platform";
}
