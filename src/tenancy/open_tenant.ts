import { and, eq } from "drizzle-orm";
import { memberships } from "../../db/control/schema/memberships.ts";
import { roles } from "../../db/control/schema/roles.ts";
import {
  actingActor,
  describeActor,
  type KeyActor,
  keyActor,
  memberActor,
  type TenantActor,
  type WorkspaceActor,
} from "../access/actor.ts";
import { requirePerson } from "../access/authorize.ts";
import { ON_CUSTOM_ROLE, ROLE_FIELDS, toRole } from "../access/member_role.ts";
import { type MemberContext, type SystemContext, type TenantContext, tenantContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { isId } from "../platform/ids.ts";
import type { Tenant } from "./tenant.ts";
import { WORKSPACE_NOT_FOUND } from "./tenant.ts";
import { TENANTS } from "./tenant_directory.ts";

/**
 * Opens a tenant for the actor. Staff and the product keep their permissions. A user gets the permissions of their current role
 * in the tenant. Throws `not_found` for everyone else.
 */
export async function openTenant(ctx: SystemContext, tenantId: string): Promise<TenantContext> {
  if (!isId(tenantId)) throw notFound(WORKSPACE_NOT_FOUND);
  const tenant = await ctx.services.use(TENANTS).findById(tenantId);
  const actor = tenant && await actorIn(ctx, tenant);
  if (!actor) throw notFound(WORKSPACE_NOT_FOUND);
  return tenantContext(ctx.services, tenant, actor, ctx.requestId, ctx.ipAddress, ctx.beforeCommit);
}

/** A member's or a key's context with its permissions as of now: the context may hold old ones for a few seconds. Throws `not_found`. */
export async function currentCaller(
  ctx: TenantContext<WorkspaceActor | KeyActor>,
): Promise<TenantContext<WorkspaceActor | KeyActor>> {
  const { system, tenant } = ctx;
  const current = await actorIn(system, tenant);
  if (current === null || current.type === "staff" || current.type === "system") {
    throw notFound(WORKSPACE_NOT_FOUND);
  }
  return tenantContext(ctx.services, tenant, current, ctx.requestId, ctx.ipAddress, ctx.beforeCommit);
}

/** Like `currentCaller`, for what only a person may do. Throws `forbidden` for a key. */
export async function currentMember(ctx: TenantContext<WorkspaceActor | KeyActor>): Promise<MemberContext> {
  requirePerson(ctx.actor);
  return await currentCaller(ctx) as MemberContext;
}

/** Returns null for a user who is not a member, and for a member of another tenant. */
async function actorIn({ actor, control }: SystemContext, { id }: Tenant): Promise<TenantActor | null> {
  if (actor.type === "system" || actor.type === "staff") return actor;
  if (actor.type === "visitor" || ("tenantId" in actor && actor.tenantId !== id)) return null;
  const [membership] = await control.select(ROLE_FIELDS).from(memberships)
    .leftJoin(roles, ON_CUSTOM_ROLE)
    .where(and(eq(memberships.tenantId, id), eq(memberships.userId, describeActor(actor).id!)));
  if (!membership) return null;
  const role = toRole(membership);
  if (actor.type === "key") return keyActor(actor.creator, id, role, actor.key);
  return actor.type === "acting" ? actingActor(actor, id, role, actor.visit) : memberActor(actor, id, role);
}
