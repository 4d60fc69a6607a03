import { and, eq } from "drizzle-orm";
import { memberships } from "../../db/control/schema/memberships.ts";
import { memberActor, type TenantActor } from "../access/actor.ts";
import { type SystemContext, type TenantContext, tenantContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { isId } from "../platform/ids.ts";
import type { Tenant } from "./tenant.ts";
import { TENANTS } from "./tenant_directory.ts";

/**
 * The context in which the actor acts in a tenant: staff and the product as they are, a person as the member that they are
 * now. Throws `not_found` to everyone else.
 */
export async function openTenant(ctx: SystemContext, tenantId: string): Promise<TenantContext> {
  if (!isId(tenantId)) throw notFound("This workspace");
  const tenant = await ctx.services.use(TENANTS).findById(tenantId);
  const actor = tenant && await actorIn(ctx, tenant);
  if (!actor) throw notFound("This workspace");
  return tenantContext(ctx.services, tenant, actor, ctx.requestId);
}

/** Null for a person who is no member, also if they act as a member elsewhere. */
async function actorIn({ actor, control }: SystemContext, { id }: Tenant): Promise<TenantActor | null> {
  if (actor.type === "system" || actor.type === "staff") return actor;
  if (actor.type === "visitor" || (actor.type === "member" && actor.tenantId !== id)) return null;
  const [membership] = await control.select({ role: memberships.role }).from(memberships)
    .where(and(eq(memberships.tenantId, id), eq(memberships.userId, actor.id)));
  return membership ? memberActor(actor, id, membership.role) : null;
}
