import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { oneTimeTokens } from "../../db/control/schema/identity.ts";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { after } from "../platform/clock.ts";
import { newToken, sha256 } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import type { TenantId } from "../tenancy/tenant.ts";

export type OneTimePurpose = typeof oneTimeTokens.$inferSelect["purpose"];

export type OneTimeGrant = { userId: UserId; tenantId: TenantId | null; details: Record<string, unknown> };

/** Makes a token that opens one door once within `ttl` milliseconds. Stored as its SHA-256. */
export async function issueOneTimeToken(
  ctx: SystemContext,
  purpose: OneTimePurpose,
  grant: OneTimeGrant,
  ttl: number,
): Promise<string> {
  const token = newToken();
  const now = ctx.services.clock.now();
  await ctx.control.insert(oneTimeTokens).values({
    id: newId(),
    tokenHash: sha256(token),
    purpose,
    ...grant,
    createdAt: now,
    expiresAt: after(now, ttl),
  });
  return token;
}

/** What a token would grant, without using it up. Null like `redeemOneTimeToken`. */
export async function peekOneTimeToken(
  ctx: SystemContext,
  purpose: OneTimePurpose,
  token: string,
): Promise<OneTimeGrant | null> {
  const [row] = await ctx.control.select().from(oneTimeTokens).where(redeemable(ctx, purpose, token));
  return row ? toGrant(row) : null;
}

/** Uses a token up. Null when it is unknown, used, expired or made for something else. */
export async function redeemOneTimeToken(
  ctx: SystemContext,
  db: ControlDb | ControlTx,
  purpose: OneTimePurpose,
  token: string,
): Promise<OneTimeGrant | null> {
  const [row] = await db.update(oneTimeTokens).set({ usedAt: ctx.services.clock.now() })
    .where(redeemable(ctx, purpose, token)).returning();
  return row ? toGrant(row) : null;
}

/**
 * Binds a token to someone or something by a hash, as `boundTo` of its details, once; it then lasts for `ttl` from now. False
 * when it is bound already, or like `redeemOneTimeToken`.
 */
export async function bindOneTimeToken(
  ctx: SystemContext,
  purpose: OneTimePurpose,
  token: string,
  boundTo: string,
  ttl: number,
): Promise<boolean> {
  const details = sql`${oneTimeTokens.details} || ${JSON.stringify({ boundTo })}::jsonb`;
  const bound = await ctx.control.update(oneTimeTokens)
    .set({ details, expiresAt: after(ctx.services.clock.now(), ttl) })
    .where(and(redeemable(ctx, purpose, token), sql`not ${oneTimeTokens.details} ? 'boundTo'`))
    .returning({ id: oneTimeTokens.id });
  return bound.length > 0;
}

/** Uses up all that a user has been given, or what they have been given for one purpose. */
export async function endOneTimeTokens(
  ctx: SystemContext,
  tx: ControlTx,
  userId: UserId,
  purpose?: OneTimePurpose,
): Promise<void> {
  const isOpen = and(
    eq(oneTimeTokens.userId, userId),
    purpose && eq(oneTimeTokens.purpose, purpose),
    isNull(oneTimeTokens.usedAt),
  );
  await tx.update(oneTimeTokens).set({ usedAt: ctx.services.clock.now() }).where(isOpen);
}

function redeemable(ctx: SystemContext, purpose: OneTimePurpose, token: string) {
  return and(
    eq(oneTimeTokens.tokenHash, sha256(token)),
    eq(oneTimeTokens.purpose, purpose),
    isNull(oneTimeTokens.usedAt),
    gt(oneTimeTokens.expiresAt, ctx.services.clock.now()),
  );
}

function toGrant({ userId, tenantId, details }: typeof oneTimeTokens.$inferSelect): OneTimeGrant {
  return { userId, tenantId, details };
}
