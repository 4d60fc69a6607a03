import { and, desc, eq, gt, isNull, type SQL } from "drizzle-orm";
import { memberships, refreshTokens, sessions, users } from "../../db/control/schema.ts";
import type { MemberActor, UserActor, UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { after, DAY, HOUR, MINUTE } from "../platform/clock.ts";
import { newToken, sha256 } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import type { Services } from "../services.ts";
import type { TenantId } from "../tenancy/tenant.ts";

export const REMEMBERED_FOR = 30 * DAY;
const IDLE_FOR = 24 * HOUR;
const TOUCH_EVERY = 5 * MINUTE;
const LIST_LIMIT = 100;

/** Someone signed in with a browser on one host: a tenant's (`member`), or the apex (`user`). */
export type Session = {
  id: string;
  signInId: string;
  tenantId: TenantId | null;
  actor: UserActor | MemberActor;
  /** Whether mail to the person's address is known to reach them. */
  isVerified: boolean;
  remember: boolean;
  lastSeenAt: Date;
  expiresAt: Date;
};

export type Device = { ipAddress: string; userAgent: string };

/** A new session and its secret, which only the browser keeps. */
export type StartedSession = { token: string; signInId: string; remember: boolean; expiresAt: Date };

export type SessionListing = {
  id: string;
  device: Device;
  tenantId: TenantId | null;
  createdAt: Date;
  lastSeenAt: Date;
};

/**
 * Starts a session of 30 days (sliding) with `remember`, else one that ends after 24 hours without a request.
 * The token has 256 random bits and is stored as its SHA-256.
 */
export async function startSession(
  ctx: SystemContext,
  input: { userId: UserId; tenantId: TenantId | null; signInId?: string; remember: boolean; device: Device },
): Promise<StartedSession> {
  const { userId, tenantId, signInId = newId(), remember, device } = input;
  const now = ctx.services.clock.now();
  const token = newToken();
  const expiresAt = after(now, remember ? REMEMBERED_FOR : IDLE_FOR);
  await ctx.control.insert(sessions).values({
    id: newId(),
    tokenHash: sha256(token),
    signInId,
    userId,
    tenantId,
    remember,
    ...device,
    createdAt: now,
    lastSeenAt: now,
    expiresAt,
  });
  return { token, signInId, remember, expiresAt };
}

/**
 * The session of a token on the host of `tenantId` (null: the apex), or null when there is none, it has expired, it
 * belongs to another host, or the person is no longer a member. `renewed`: it lasts longer than the browser knows.
 */
export async function findSession(
  services: Services,
  token: string,
  tenantId: TenantId | null,
): Promise<{ session: Session; renewed: boolean } | null> {
  const hash = sha256(token);
  const session = await services.signIns.sessions.getOrLoad(hash, () => loadSession(services, hash));
  const now = services.clock.now();
  if (!session || session.tenantId !== tenantId || session.expiresAt <= now) return null;
  const renewed = after(session.lastSeenAt, TOUCH_EVERY) <= now;
  if (renewed) await touch(services, session, now);
  return { session, renewed };
}

/** Signs a browser out: ends the session and all others that came of the same sign-in, on every host. */
export async function endSignIn(ctx: SystemContext, session: Session): Promise<void> {
  await endSessions(ctx, eq(sessions.signInId, session.signInId));
}

/** Ends all that a user is signed in with: sessions in every browser, and the tokens of every program. */
export async function endAllSessions(ctx: SystemContext, userId: UserId): Promise<void> {
  await endSessions(ctx, eq(sessions.userId, userId));
  const revoked = await ctx.control.update(refreshTokens).set({ revokedAt: ctx.services.clock.now() })
    .where(and(eq(refreshTokens.userId, userId), isNull(refreshTokens.revokedAt)))
    .returning({ familyId: refreshTokens.familyId });
  for (const { familyId } of revoked) ctx.services.signIns.bearers.delete(familyId);
}

/** Lets what this process knows of a user's sessions be read anew. */
export async function forgetSessions(ctx: SystemContext, userId: UserId): Promise<void> {
  const rows = await ctx.control.select({ hash: sessions.tokenHash }).from(sessions)
    .where(eq(sessions.userId, userId));
  for (const { hash } of rows) ctx.services.signIns.sessions.delete(hash);
}

/** A user's live sessions, the one used last first, 100 at most. */
export async function listSessions(ctx: SystemContext, userId: UserId): Promise<SessionListing[]> {
  const live = and(eq(sessions.userId, userId), gt(sessions.expiresAt, ctx.services.clock.now()));
  const rows = await ctx.control.select().from(sessions).where(live).orderBy(desc(sessions.lastSeenAt)).limit(
    LIST_LIMIT,
  );
  return rows.map(({ id, ipAddress, userAgent, tenantId, createdAt, lastSeenAt }) => ({
    id,
    device: { ipAddress, userAgent },
    tenantId: tenantId as TenantId | null,
    createdAt,
    lastSeenAt,
  }));
}

/** Ends one of a user's sessions by its id. Returns whether there was one. */
export async function revokeSession(ctx: SystemContext, userId: UserId, sessionId: string): Promise<boolean> {
  return await endSessions(ctx, and(eq(sessions.id, sessionId), eq(sessions.userId, userId))!) > 0;
}

async function endSessions(ctx: SystemContext, which: SQL): Promise<number> {
  const ended = await ctx.control.delete(sessions).where(which).returning({ hash: sessions.tokenHash });
  for (const { hash } of ended) ctx.services.signIns.sessions.delete(hash);
  return ended.length;
}

async function loadSession({ db }: Services, hash: string): Promise<Session | null> {
  const [row] = await db.control.select({ session: sessions, user: users, role: memberships.role }).from(
    sessions,
  )
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(
      memberships,
      and(eq(memberships.userId, sessions.userId), eq(memberships.tenantId, sessions.tenantId)),
    )
    .where(eq(sessions.tokenHash, hash));
  if (!row || (row.session.tenantId && !row.role)) return null;
  const { id, signInId, remember, lastSeenAt, expiresAt } = row.session;
  const { name, email, isPlatformAdmin } = row.user;
  const userId = row.user.id as UserId;
  const actor: Session["actor"] = row.role
    ? { type: "member", id: userId, name, email, role: row.role }
    : { type: "user", id: userId, name, email, isPlatformAdmin };
  return {
    id,
    signInId,
    tenantId: row.session.tenantId as TenantId | null,
    actor,
    isVerified: row.user.emailVerifiedAt !== null,
    remember,
    lastSeenAt,
    expiresAt,
  };
}

async function touch(services: Services, session: Session, now: Date): Promise<void> {
  session.lastSeenAt = now;
  session.expiresAt = after(now, session.remember ? REMEMBERED_FOR : IDLE_FOR);
  const { lastSeenAt, expiresAt } = session;
  await services.db.control.update(sessions).set({ lastSeenAt, expiresAt }).where(
    eq(sessions.id, session.id),
  );
}
