import { and, eq, gt, isNull, type SQL, sql } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { oneTimeTokens } from "../../db/control/schema/identity.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { after } from "../platform/clock.ts";
import { newToken, sha256 } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import type { TenantId } from "../tenancy/tenant.ts";

export type OneTimePurpose = typeof oneTimeTokens.$inferSelect["purpose"];

export type OneTimeGrant = { userId: UserId; tenantId: TenantId | null; details: Record<string, unknown> };

/** Issues a token that works once, for one purpose, within `ttl` milliseconds. The database stores only its SHA-256. */
export async function issueOneTimeToken(
  ctx: SystemContext,
  purpose: OneTimePurpose,
  grant: OneTimeGrant,
  ttl: number,
): Promise<string> {
  const { token, row } = newRow(ctx, purpose, grant, ttl);
  await ctx.control.insert(oneTimeTokens).values(row);
  return token;
}

/**
 * Like `issueOneTimeToken`, for the tenant whose `id` and `subdomain` the query `tenant` selects, in one statement. Returns the token
 * and the subdomain. Null if `tenant` selects none.
 */
export async function issueTokenForSelected(
  ctx: SystemContext,
  purpose: OneTimePurpose,
  grant: Omit<OneTimeGrant, "tenantId">,
  ttl: number,
  tenant: SQL,
): Promise<{ token: string; subdomain: string } | null> {
  const { token, row } = newRow(ctx, purpose, { ...grant, tenantId: null }, ttl);
  const { id, tokenHash, userId, details, createdAt, expiresAt } = row;
  const [selected] = await ctx.control.execute<{ subdomain: string }>(sql`
    with selected as (${tenant}), issued as (
      insert into control.one_time_tokens
        (id, token_hash, purpose, user_id, tenant_id, details, created_at, expires_at)
      select ${id}::uuid, ${tokenHash}, ${purpose}, ${userId}::uuid, selected.id, ${
    JSON.stringify(details)
  }::jsonb,
        ${createdAt.toISOString()}::timestamptz, ${expiresAt.toISOString()}::timestamptz from selected)
    select subdomain from selected`);
  return selected ? { token, subdomain: selected.subdomain } : null;
}

/** The grant of a token, without using the token up. Null in the same cases as `redeemOneTimeToken`. */
export async function peekOneTimeToken(
  ctx: SystemContext,
  purpose: OneTimePurpose,
  token: string,
): Promise<OneTimeGrant | null> {
  const [row] = await ctx.control.select().from(oneTimeTokens).where(redeemable(ctx, purpose, token));
  return row ? toGrant(row) : null;
}

/** Uses a token up. Null if the token is unknown, used, expired, or for another purpose. */
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
 * Stores as `target` in an unbound token's details where the token was sent. Returns false if it was sent elsewhere before or is bound,
 * or in the cases where `redeemOneTimeToken` returns null.
 */
export async function aimOneTimeToken(
  ctx: SystemContext,
  purpose: OneTimePurpose,
  token: string,
  target: string,
): Promise<boolean> {
  const { details } = oneTimeTokens;
  const aimed = await ctx.control.update(oneTimeTokens)
    .set({ details: sql`${details} || ${JSON.stringify({ target })}::jsonb` })
    .where(and(
      redeemable(ctx, purpose, token),
      sql`not ${details} ? 'boundTo'`,
      sql`coalesce(${details} ->> 'target', ${target}) = ${target}`,
    ))
    .returning({ id: oneTimeTokens.id });
  return aimed.length > 0;
}

/**
 * Binds a token to a hash, which it stores as `boundTo` in the token's details. The token then expires `ttl` milliseconds from
 * now. Returns false if the token is already bound, or in the cases where `redeemOneTimeToken` returns null.
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

/** Uses up all of a user's tokens, or only those for one purpose. */
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

function newRow({ services }: SystemContext, purpose: OneTimePurpose, grant: OneTimeGrant, ttl: number) {
  const token = newToken();
  const createdAt = services.clock.now();
  const expiresAt = after(createdAt, ttl);
  return { token, row: { id: newId(), tokenHash: sha256(token), purpose, ...grant, createdAt, expiresAt } };
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
