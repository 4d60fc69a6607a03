import { and, eq, isNull } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { oneTimeTokens, refreshTokens, sessions } from "../../db/control/schema/identity.ts";
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
 * Ends a user's API tokens for a tenant, and links that lead into the tenant. If you add another credential for one tenant, such
 * as an API key, end it here as well.
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
