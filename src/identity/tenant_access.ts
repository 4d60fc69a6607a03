import { and, eq, inArray, isNull } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { oneTimeTokens, refreshTokens, sessions } from "../../db/control/schema/identity.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import type { TenantId } from "../tenancy/tenant.ts";

/**
 * Ends a user's sessions on a tenant's host. Other processes notice within five seconds. Lock the user's row before, and call
 * `SignInCaches.forgetUser` after the commit.
 */
export async function endTenantSessions(tx: ControlTx, userId: UserId, tenantId: TenantId): Promise<void> {
  await tx.delete(sessions).where(and(eq(sessions.userId, userId), eq(sessions.tenantId, tenantId)));
}

/**
 * Ends the sessions of everyone with a role that the tenant defined, so that no session outlives the permissions it started with.
 * Other processes notice within five seconds. Call `SignInCaches.forgetTenant` after the commit.
 */
export async function endSessionsOfRole(tx: ControlTx, tenantId: TenantId, roleId: string): Promise<void> {
  const holders = tx.select({ userId: memberships.userId }).from(memberships)
    .where(and(eq(memberships.tenantId, tenantId), eq(memberships.customRoleId, roleId)));
  await tx.delete(sessions).where(and(eq(sessions.tenantId, tenantId), inArray(sessions.userId, holders)));
}

/**
 * Ends a user's API tokens for a tenant, and links that lead into the tenant. Their API keys end with the row of their membership.
 * If you add another credential for one tenant, end it here as well.
 */
export async function endTenantTokens(
  { services }: SystemContext,
  tx: ControlTx,
  userId: UserId,
  tenantId: TenantId,
): Promise<void> {
  const now = services.clock.now();
  await tx.update(refreshTokens).set({ revokedAt: now }).where(
    and(
      eq(refreshTokens.userId, userId),
      eq(refreshTokens.tenantId, tenantId),
      isNull(refreshTokens.revokedAt),
    ),
  );
  await tx.update(oneTimeTokens).set({ usedAt: now }).where(
    and(
      eq(oneTimeTokens.userId, userId),
      eq(oneTimeTokens.tenantId, tenantId),
      eq(oneTimeTokens.purpose, "handoff"),
      isNull(oneTimeTokens.usedAt),
    ),
  );
}
