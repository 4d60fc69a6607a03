import { and, desc, eq, gt, isNull, ne, notExists, type SQL, sql } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { challenges } from "../../db/control/schema/factors.ts";
import { oneTimeTokens, refreshTokens, sessions } from "../../db/control/schema/identity.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import type { AuthenticationMethod, UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { after, DAY, HOUR, MINUTE } from "../platform/clock.ts";
import { newToken, sha256 } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import type { Services } from "../ports.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { deleteEndedSubscriptions } from "../web_push/ended.ts";
import type { Device, Session } from "./credentials.ts";
import { expiryOf, HAS_SECOND, strengthOf } from "./authentication.ts";
import { hasFactors } from "./factors.ts";
import { noticeNewDevice, touchDevice } from "./known_devices.ts";
import { loadSession } from "./session_actors.ts";
import { recordAttempt } from "./sign_in_attempts.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { lockUser } from "./users.ts";

export const REMEMBERED_FOR = 30 * DAY;
const IDLE_FOR = 24 * HOUR;
const TOUCH_EVERY = 5 * MINUTE;

/**
 * `methods` are the ways in which the user proved who they are, now or at `authenticatedAt`. `signInId` names the sign-in that the
 * session belongs to. Without it, the session starts a new sign-in.
 */
export type NewSession = {
  userId: UserId;
  tenantId: TenantId | null;
  /** The custom domain that the session is on. Absent on the apex and on subdomains. */
  customDomain?: string | null;
  signInId?: string;
  methods: readonly AuthenticationMethod[];
  authenticatedAt?: Date;
  /** The user needs no second factor in this browser. */
  isTrusted?: boolean;
  /** The user acts for a member of the tenant until `expiresAt`. Requests don't extend the session. */
  supportVisit?: { id: string; expiresAt: Date };
  remember: boolean;
  device: Device;
};

/** A new session. `token` is its secret, which only the browser stores. */
export type StartedSession = {
  token: string;
  userId: UserId;
  signInId: string;
  remember: boolean;
  expiresAt: Date;
};

/**
 * Starts a session. With `remember`, it ends after 30 days without a request, otherwise after 24 hours, and always 90 days after its
 * user last proved who they are.
 * The token has 256 random bits. The database stores only its SHA-256. Throws if a new sign-in misses the user's second factor, so
 * no way in can forget to ask for it.
 */
export async function startSession(
  ctx: SystemContext,
  tx: ControlTx,
  input: NewSession,
): Promise<StartedSession> {
  const { userId, tenantId, customDomain, signInId = newId(), methods, supportVisit, remember, device } =
    input;
  if (
    !input.signInId && !input.isTrusted && strengthOf(methods) < HAS_SECOND && await hasFactors(tx, userId)
  ) {
    throw new Error("A sign-in without the user's second factor.");
  }
  const now = ctx.services.clock.now();
  const token = newToken();
  const authenticatedAt = input.authenticatedAt ?? now;
  const expiresAt = supportVisit?.expiresAt ?? expiryOf(now, idleTime(remember), authenticatedAt);
  const session = tx.insert(sessions).values({
    id: newId(),
    tokenHash: sha256(token),
    signInId,
    userId,
    tenantId,
    customDomain,
    supportVisitId: supportVisit?.id,
    remember,
    ...device,
    authenticatedAt,
    methods: [...methods],
    createdAt: now,
    lastSeenAt: now,
    expiresAt,
  });
  // One statement, because every sign-in waits for it.
  const seen = tx.$with("seen").as(touchDevice(tx, userId, device, now));
  const alongside = [
    tx.$with("started").as(session),
    ...(tenantId && !supportVisit ? [tx.$with("visited").as(touchVisit(tx, { userId, tenantId }, now))] : []),
  ];
  const [known] = await tx.with(seen, ...alongside).select({ id: seen.id }).from(seen);
  if (!input.signInId) {
    if (!known) await noticeNewDevice(ctx, tx, userId, device);
    recordAttempt(ctx, { userId, methods, outcome: "succeeded" }, device);
  }
  return { token, userId, signInId, remember, expiresAt };
}

/** Starts a session in place of one that has ended, in the same sign-in and on the same host. */
export async function restartSession(
  ctx: SystemContext,
  { authentication, userId, tenantId, customDomain, signInId, remember }: Session,
  device: Device,
): Promise<StartedSession> {
  const { at: authenticatedAt, methods } = authentication;
  const again = { userId, tenantId, customDomain, signInId, methods, authenticatedAt, remember, device };
  return await ctx.tx((tx) => startSession(ctx, tx, again));
}

/**
 * The session of a token on the host of `tenantId` (null: the apex): on its subdomain, or on `customDomain`. Null if there is none,
 * it has expired, it belongs to another host, or the user is no longer a member. `renewed` means that the session was extended, so
 * its cookie needs a new expiry.
 */
export async function findSession(
  services: Services,
  token: string,
  tenantId: TenantId | null,
  customDomain: string | null = null,
): Promise<{ session: Session; renewed: boolean } | null> {
  const hash = sha256(token);
  const session = await services.use(SIGN_INS).sessions.getOrLoad(hash, () => loadSession(services, hash));
  const now = services.clock.now();
  const isHere = session?.tenantId === tenantId && session.customDomain === customDomain;
  if (!isHere || session.expiresAt <= now) return null;
  const renewed = session.actor.type !== "acting" && after(session.lastSeenAt, TOUCH_EVERY) <= now;
  if (renewed) await touch(services, session, now);
  return { session, renewed };
}

/** When and how a sign-in proved its user. Null if it has no session on any host any longer. */
export async function findProof(
  ctx: SystemContext,
  tx: ControlTx,
  { userId, signInId }: { userId: UserId; signInId: string },
): Promise<Required<Pick<NewSession, "methods" | "authenticatedAt">> | null> {
  const live = and(
    eq(sessions.userId, userId),
    eq(sessions.signInId, signInId),
    gt(sessions.expiresAt, ctx.services.clock.now()),
  );
  const [proof] = await tx.select({ methods: sessions.methods, authenticatedAt: sessions.authenticatedAt })
    .from(sessions).where(live).orderBy(desc(sessions.authenticatedAt)).limit(1);
  return proof ?? null;
}

/** Signs a browser out: ends all sessions of its sign-in, on every host. */
export async function endSignIn(ctx: SystemContext, { userId, signInId }: Session): Promise<void> {
  await ctx.tx((tx) => endSignInIn(ctx, tx, userId, signInId));
  ctx.services.use(SIGN_INS).forgetUser(userId);
}

/** Like `endSignIn`, within a transaction. Returns whether the user had such a sign-in. */
export async function endSignInIn(
  ctx: SystemContext,
  tx: ControlTx,
  userId: UserId,
  signInId: string,
): Promise<boolean> {
  await lockUser(tx, userId);
  return await deleteSessions(ctx, tx, userId, eq(sessions.signInId, signInId)) > 0;
}

/**
 * Ends the session that a new session on the same host replaces. If both belong to the same sign-in, only the old session ends.
 * Otherwise the old sign-in ends on every host.
 */
export async function endReplacedSession(
  ctx: SystemContext,
  old: Session,
  { signInId }: StartedSession,
): Promise<void> {
  if (old.signInId === signInId) await endSession(ctx, old);
  else await endSignIn(ctx, old);
}

/** Signs a user out everywhere: ends their sessions in every browser and the tokens of every program. */
export async function endAllSessions(ctx: SystemContext, userId: UserId): Promise<void> {
  await ctx.tx((tx) => endAllSessionsIn(ctx, tx, userId));
  ctx.services.use(SIGN_INS).forgetUser(userId);
}

/**
 * Like `endAllSessions`, within a transaction, except for the browser with the sign-in `except`. Returns how many sessions and
 * tokens ended. The caller calls `SignInCaches.forgetUser` after the commit.
 */
export async function endAllSessionsIn(
  ctx: SystemContext,
  tx: ControlTx,
  userId: UserId,
  { except }: { except?: string } = {},
): Promise<number> {
  await lockUser(tx, userId);
  await tx.delete(challenges).where(eq(challenges.userId, userId));
  const ended = await deleteSessions(
    ctx,
    tx,
    userId,
    except === undefined ? undefined : ne(sessions.signInId, except),
  );
  const revoked = await tx.update(refreshTokens).set({ revokedAt: ctx.services.clock.now() })
    .where(and(eq(refreshTokens.userId, userId), isNull(refreshTokens.revokedAt)))
    .returning({ id: refreshTokens.id });
  await deleteEndedSubscriptions(tx, ctx.services.clock.now(), userId);
  return ended + revoked.length;
}

/** Ends everyone's sessions on a tenant's custom domain. The caller calls `SignInCaches.forgetTenant` after the commit. */
export async function endSessionsOnDomain(
  { services }: SystemContext,
  tx: ControlTx,
  tenantId: TenantId,
  customDomain: string,
): Promise<void> {
  const ended = await tx.delete(sessions)
    .where(and(eq(sessions.tenantId, tenantId), eq(sessions.customDomain, customDomain)))
    .returning({ id: sessions.id });
  if (ended.length > 0) await deleteEndedSubscriptions(tx, services.clock.now());
}

async function endSession(ctx: SystemContext, { userId, id }: Session): Promise<void> {
  await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    await deleteSessions(ctx, tx, userId, eq(sessions.id, id));
  });
  ctx.services.use(SIGN_INS).forgetUser(userId);
}

/** When the last session of a sign-in ends, the sign-in's unredeemed handoffs and its push subscriptions end as well. */
async function deleteSessions(
  { services }: SystemContext,
  tx: ControlTx,
  userId: UserId,
  which?: SQL,
): Promise<number> {
  const ended = await tx.delete(sessions).where(and(eq(sessions.userId, userId), which)).returning({
    id: sessions.id,
  });
  const remaining = tx.select({ one: sql`1` }).from(sessions).where(
    and(
      eq(sessions.userId, userId),
      sql`${sessions.signInId}::text = ${oneTimeTokens.details} ->> 'signInId'`,
    ),
  );
  await tx.update(oneTimeTokens).set({ usedAt: services.clock.now() }).where(and(
    eq(oneTimeTokens.userId, userId),
    eq(oneTimeTokens.purpose, "handoff"),
    isNull(oneTimeTokens.usedAt),
    notExists(remaining),
  ));
  await deleteEndedSubscriptions(tx, services.clock.now(), userId);
  return ended.length;
}

function idleTime(remember: boolean): number {
  return remember ? REMEMBERED_FOR : IDLE_FOR;
}

async function touch(services: Services, session: Session, now: Date): Promise<void> {
  session.lastSeenAt = now;
  session.expiresAt = expiryOf(now, idleTime(session.remember), session.authentication.at);
  const { lastSeenAt, expiresAt, tenantId, userId } = session;
  const { control } = services.db;
  await Promise.all([
    control.update(sessions).set({ lastSeenAt, expiresAt }).where(eq(sessions.id, session.id)),
    tenantId ? touchVisit(control, { userId, tenantId }, now) : null,
  ]);
}

/** Colleagues see when a member last used the tenant's pages. */
function touchVisit(
  db: ControlDb | ControlTx,
  { userId, tenantId }: { userId: UserId; tenantId: TenantId },
  now: Date,
) {
  return db.update(memberships).set({ lastSeenAt: now })
    .where(and(eq(memberships.tenantId, tenantId), eq(memberships.userId, userId)));
}
