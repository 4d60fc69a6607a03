import { and, eq, gt, isNull, not, or, type SQL, sql } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { refreshTokens, sessions } from "../../db/control/schema/identity.ts";
import { pushSubscriptions } from "../../db/control/schema/web_push.ts";
import type { UserId } from "../../db/ids.ts";

/** Matches subscriptions whose sign-in goes on: it has a session in a browser, or a program's token. */
export function isSignedIn(now: Date): SQL {
  const { userId, signInId } = pushSubscriptions;
  const hasSession = sql`exists (select from ${sessions} where ${
    and(eq(sessions.signInId, signInId), eq(sessions.userId, userId), gt(sessions.expiresAt, now))
  })`;
  const hasToken = sql`exists (select from ${refreshTokens} where ${
    and(
      eq(refreshTokens.familyId, signInId),
      eq(refreshTokens.userId, userId),
      isNull(refreshTokens.revokedAt),
      isNull(refreshTokens.usedAt),
      gt(refreshTokens.expiresAt, now),
    )
  })`;
  return or(hasSession, hasToken)!;
}

/** Deletes the subscriptions of sign-ins that have ended: one person's, or everyone's. Returns how many. */
export async function deleteEndedSubscriptions(
  db: ControlDb | ControlTx,
  now: Date,
  userId?: UserId,
): Promise<number> {
  const deleted = await db.delete(pushSubscriptions).where(and(
    userId && eq(pushSubscriptions.userId, userId),
    not(isSignedIn(now)),
  )).returning({ id: pushSubscriptions.id });
  return deleted.length;
}
