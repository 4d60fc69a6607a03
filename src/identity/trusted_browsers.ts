import { and, eq, gt } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { trustedBrowsers } from "../../db/control/schema/factors.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { after, DAY } from "../platform/clock.ts";
import { newToken, sha256 } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import type { User } from "./users.ts";

export const TRUST_DAYS = 30;

/** `token` is the secret that only the browser stores. */
export type Trust = { token: string; expiresAt: Date };

/** Trusts a browser for 30 days. Null for platform staff, who enter a code at every sign-in. */
export async function trustBrowser(
  { services }: SystemContext,
  tx: ControlTx,
  { id: userId, isPlatformAdmin }: User,
): Promise<Trust | null> {
  if (isPlatformAdmin) return null;
  const createdAt = services.clock.now();
  const expiresAt = after(createdAt, TRUST_DAYS * DAY);
  const token = newToken();
  await tx.insert(trustedBrowsers).values({
    id: newId(),
    tokenHash: sha256(token),
    userId,
    createdAt,
    expiresAt,
  });
  return { token, expiresAt };
}

/** Whether the user trusts the browser with this token. */
export async function isTrusted(
  { services }: SystemContext,
  db: ControlDb | ControlTx,
  { id, isPlatformAdmin }: User,
  token: string,
): Promise<boolean> {
  if (isPlatformAdmin || token === "") return false;
  const isLive = and(
    eq(trustedBrowsers.tokenHash, sha256(token)),
    eq(trustedBrowsers.userId, id),
    gt(trustedBrowsers.expiresAt, services.clock.now()),
  );
  return await db.$count(trustedBrowsers, isLive) > 0;
}

/** Ends the trust in all browsers of a user. */
export async function endTrust(tx: ControlTx, userId: UserId): Promise<void> {
  await tx.delete(trustedBrowsers).where(eq(trustedBrowsers.userId, userId));
}
