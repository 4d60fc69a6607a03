import { and, eq } from "drizzle-orm";
import { memberships } from "../../db/control/schema.ts";
import type { SystemContext } from "../context.ts";
import { forbidden, notFound } from "../errors.ts";
import { isId } from "../platform/ids.ts";
import { authorize, type Permission } from "./roles.ts";

/** Lets only the platform's own people and the product itself pass. Throws `forbidden`. */
export function authorizePlatform({ actor }: SystemContext): void {
  if (!isPlatform({ actor })) throw forbidden("Only the platform's staff may do this.");
}

/**
 * Lets those pass whose role in this tenant has the permission, and the platform. The role is read from the database, so
 * it doesn't matter through which host or token someone comes. Throws `not_found` to those who are no members, `forbidden`.
 */
export async function authorizeOn(
  ctx: SystemContext,
  tenantId: string,
  permission: Permission,
): Promise<void> {
  const { actor } = ctx;
  if (isPlatform(ctx)) return;
  if (!isId(tenantId)) throw notFound("This workspace");
  if (actor.type !== "user" && actor.type !== "member") throw forbidden();
  const [membership] = await ctx.control.select({ role: memberships.role }).from(memberships)
    .where(and(eq(memberships.tenantId, tenantId), eq(memberships.userId, actor.id)));
  if (!membership) throw notFound("This workspace");
  authorize({ actor: membership }, permission);
}

/** Whether it is the platform's own people, or the product itself. */
export function isPlatform({ actor }: Pick<SystemContext, "actor">): boolean {
  return actor.type === "system" || (actor.type === "user" && actor.isPlatformAdmin);
}
