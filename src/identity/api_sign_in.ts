import { and, eq, isNull, notExists, sql } from "drizzle-orm";
import { z } from "zod";
import { memberships, refreshTokens, users } from "../../db/control/schema.ts";
import type { ControlTx } from "../../db/with_tenant.ts";
import type { MemberActor, UserId } from "../access/actor.ts";
import { listWorkspaces } from "../tenancy/workspaces.ts";
import type { SystemContext } from "../context.ts";
import { forbidden, invalid, unauthenticated } from "../errors.ts";
import { after, DAY } from "../platform/clock.ts";
import { newToken, sha256 } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import { logOf } from "../platform/log.ts";
import type { Services } from "../services.ts";
import type { Tenant, TenantId } from "../tenancy/tenant.ts";
import { admit } from "../tenancy/admission.ts";
import {
  ACCESS_TOKEN_SECONDS,
  type AccessTokenClaims,
  signAccessToken,
  verifyAccessToken,
} from "./access_tokens.ts";
import { authenticate, credentials, whilePasswordHolds, wrongCredentials } from "./sign_in.ts";
import type { Bearer } from "./sign_in_caches.ts";
import { lockUser } from "./users.ts";

const REFRESH_TOKEN_LIFETIME = 30 * DAY;

const log = logOf("security");

export const apiCredentials = credentials.extend({ tenant: z.string().optional() });

/** What a program gets for signing in: `expiresIn` in seconds, of the access token. */
export type ApiTokens = { accessToken: string; refreshToken: string; tokenType: "Bearer"; expiresIn: number };

type Family = { familyId: string; userId: UserId; tenantId: TenantId };

/**
 * Signs a program in as a member of `tenant` (a subdomain; needed only when the user is in several).
 * Throws `unauthenticated`, `invalid` on `tenant`, or `forbidden` when the user is no member there.
 */
export async function signInToApi(
  ctx: SystemContext,
  input: z.output<typeof apiCredentials>,
): Promise<ApiTokens> {
  const user = await authenticate(ctx, input);
  const workspaces = await listWorkspaces(ctx, user.id);
  const wanted = input.tenant
    ? workspaces.filter(({ tenant }) => tenant.subdomain === input.tenant)
    : workspaces;
  if (input.tenant && wanted.length === 0) throw forbidden("You are not a member of this tenant.");
  if (wanted.length === 0) throw forbidden("You are not a member of any tenant.");
  if (wanted.length > 1) {
    throw invalid({ tenant: "You are in several tenants. Name the one to use by its subdomain." });
  }
  const { tenant } = wanted[0]!;
  admit(ctx.services, tenant);
  const family = { familyId: newId(), userId: user.id, tenantId: tenant.id };
  const issued = await whilePasswordHolds(ctx, user, (tx) => issueTokens(ctx, tx, family));
  if (!issued) throw wrongCredentials();
  return issued;
}

/**
 * Exchanges a refresh token for new tokens. Each works once; using one again revokes its whole family, for then two
 * parties hold it. Throws `unauthenticated`, or what `admit` throws.
 */
export async function refreshTokensOf(ctx: SystemContext, refreshToken: string): Promise<ApiTokens> {
  const hash = sha256(refreshToken);
  const holder = await findHolder(ctx, hash);
  if (!holder) throw refused();
  const issued = await ctx.tx(async (tx) => {
    await lockUser(tx, holder.userId);
    return await exchange(ctx, tx, hash);
  });
  if (issued === "used before") await revokeFamilyOf(ctx, hash);
  if (!issued || issued === "used before") throw refused();
  return issued;
}

/** Ends the sign-in of a refresh token, with its access tokens. An unknown token is no error. */
export async function signOutOfApi(ctx: SystemContext, refreshToken: string): Promise<void> {
  await revokeFamilyOf(ctx, sha256(refreshToken));
}

/** Who calls with this access token, for which tenant. Throws `unauthenticated`, or what `admit` throws. */
export async function authenticateBearer(
  services: Services,
  token: string,
): Promise<{ tenant: Tenant; actor: MemberActor }> {
  const claims = await verifyAccessToken(services, token);
  const bearer = await services.signIns.bearers.getOrLoad(
    claims.familyId,
    () => loadBearer(services, claims),
  );
  const tenant = bearer && await services.tenants.findById(bearer.tenantId);
  if (!tenant) throw refused();
  admit(services, tenant);
  return { tenant, actor: bearer.actor };
}

/** Null for a token that was revoked or has expired. */
async function exchange(
  ctx: SystemContext,
  tx: ControlTx,
  tokenHash: string,
): Promise<ApiTokens | "used before" | null> {
  const now = ctx.services.clock.now();
  const [used] = await tx.update(refreshTokens).set({ usedAt: now })
    .where(and(eq(refreshTokens.tokenHash, tokenHash), isNull(refreshTokens.usedAt))).returning();
  if (!used) return "used before";
  if (used.revokedAt || used.expiresAt <= now) return null;
  return await issueTokens(ctx, tx, {
    familyId: used.familyId,
    userId: used.userId as UserId,
    tenantId: used.tenantId as TenantId,
  });
}

async function issueTokens(ctx: SystemContext, tx: ControlTx, family: Family): Promise<ApiTokens> {
  const refreshToken = newToken();
  const now = ctx.services.clock.now();
  await tx.insert(refreshTokens).values({
    id: newId(),
    ...family,
    tokenHash: sha256(refreshToken),
    createdAt: now,
    expiresAt: after(now, REFRESH_TOKEN_LIFETIME),
  });
  const accessToken = await signAccessToken(ctx.services, family);
  return { accessToken, refreshToken, tokenType: "Bearer", expiresIn: ACCESS_TOKEN_SECONDS };
}

/**
 * Whose token it is; null for an unknown one. Admits them before the token is used up: whoever can't be let in now can come
 * with it later.
 */
async function findHolder(ctx: SystemContext, tokenHash: string): Promise<{ userId: UserId } | null> {
  const [token] = await ctx.control.select().from(refreshTokens).where(
    eq(refreshTokens.tokenHash, tokenHash),
  );
  if (!token) return null;
  const tenant = await ctx.services.tenants.findById(token.tenantId);
  if (tenant) admit(ctx.services, tenant);
  return { userId: token.userId as UserId };
}

async function revokeFamilyOf(ctx: SystemContext, tokenHash: string): Promise<void> {
  const [token] = await ctx.control.select().from(refreshTokens).where(
    eq(refreshTokens.tokenHash, tokenHash),
  );
  if (!token) return;
  await ctx.control.update(refreshTokens).set({ revokedAt: ctx.services.clock.now() })
    .where(eq(refreshTokens.familyId, token.familyId));
  ctx.services.signIns.bearers.delete(token.familyId);
  log.info("token family revoked", {
    userId: token.userId,
    tenantId: token.tenantId,
    requestId: ctx.requestId,
  });
}

async function loadBearer(
  { db }: Services,
  { userId, tenantId, familyId }: AccessTokenClaims,
): Promise<Bearer | null> {
  const revoked = db.control.select({ one: sql`1` }).from(refreshTokens)
    .where(and(eq(refreshTokens.familyId, familyId), sql`${refreshTokens.revokedAt} is not null`));
  const [row] = await db.control.select({ user: users, role: memberships.role }).from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.userId, userId), eq(memberships.tenantId, tenantId), notExists(revoked)));
  if (!row) return null;
  const { name, email } = row.user;
  const actor: MemberActor = { type: "member", id: row.user.id as UserId, name, email, role: row.role };
  return { tenantId: tenantId as TenantId, actor };
}

function refused() {
  return unauthenticated("The token is not valid any more. Sign in again.");
}
