import { eq, sql } from "drizzle-orm";
import { sessions } from "../../db/control/schema/identity.ts";
import type { UserId } from "../access/actor.ts";
import { authorize, authorizeSelf } from "../access/authorize.ts";
import type { SystemContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { isId } from "../platform/ids.ts";
import { list, type ListQuery, type Page } from "../platform/list.ts";
import { momentKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";
import { type Browser, parseUserAgent } from "../platform/user_agent.ts";
import { USER_SIGNED_OUT } from "./events.ts";
import { authorizeToSee, USERS_MANAGE } from "./permissions.ts";
import { requireRecentSignIn } from "./recent_sign_in.ts";
import { endAllSessionsIn, endSignInIn } from "./sessions.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { getUserById } from "./users.ts";

const SESSION_NOT_FOUND = problem("session_not_found", "This session was not found.");

/** A browser in which a user is signed in. One sign-in covers the apex and every workspace that the user opened from there. */
export type SignIn = { id: string; ipAddress: string; createdAt: Date; lastSeenAt: Date } & Browser;

/** The sign-in's session that was used last stands for all of them. */
const USED_LAST = sql`not exists (select from control.sessions later
  where later.sign_in_id = sessions.sign_in_id
    and (later.last_seen_at, later.id) > (sessions.last_seen_at, sessions.id))`;

const SIGNED_IN_AT = sql<Date>`(select min(first.created_at) from control.sessions first
  where first.sign_in_id = sessions.sign_in_id)`.mapWith(sessions.createdAt);

export const SIGN_IN_LIST = list("sign-ins", {
  select: (db) =>
    db.select({
      id: sessions.signInId,
      ipAddress: sessions.ipAddress,
      userAgent: sessions.userAgent,
      createdAt: SIGNED_IN_AT,
      lastSeenAt: sessions.lastSeenAt,
      expiresAt: sessions.expiresAt,
    }).from(sessions),
  id: sessions.signInId,
  sorts: { lastSeenAt: momentKey(sessions.lastSeenAt) },
  defaultSort: "-lastSeenAt",
  filters: {},
  where: USED_LAST,
  scope: { userId: (id) => eq(sessions.userId, id) },
});

/**
 * One page of the browsers in which a user is signed in. Expired sessions are deleted after a day; until then, they make a
 * page shorter. Throws `forbidden` for anyone but themselves and platform staff.
 */
export async function listSignIns(
  ctx: SystemContext,
  userId: UserId,
  query: ListQuery<typeof SIGN_IN_LIST>,
): Promise<Page<SignIn>> {
  authorizeToSee(ctx, userId);
  const now = ctx.services.clock.now();
  const { items, ...cursors } = await SIGN_IN_LIST.page(ctx.control, query, { userId });
  return { items: items.filter(({ expiresAt }) => expiresAt > now).map(toSignIn), ...cursors };
}

/** Signs a user out of one browser, on every host. Throws `reauthentication_required`, or `not_found` if it isn't one of theirs. */
export async function revokeSignIn(ctx: SystemContext, userId: UserId, signInId: string): Promise<void> {
  authorizeSelf(ctx, userId);
  await requireRecentSignIn(ctx);
  if (!isId(signInId)) throw unknownSession();
  await ctx.tx(async (tx) => {
    if (!await endSignInIn(ctx, tx, userId, signInId)) throw unknownSession();
    await publish(ctx, tx, USER_SIGNED_OUT, { after: await getUserById(tx, userId), details: {} });
  });
  ctx.services.use(SIGN_INS).forgetUser(userId);
}

/**
 * Signs a user out of all programs, and of all browsers except the one with the sign-in `except`. Throws
 * `reauthentication_required`.
 */
export async function revokeOtherSignIns(
  ctx: SystemContext,
  userId: UserId,
  { except }: { except?: string } = {},
): Promise<void> {
  authorizeSelf(ctx, userId);
  await requireRecentSignIn(ctx);
  await signOut(ctx, userId, { except });
}

/** Signs someone else out of all browsers and programs, for platform staff. Throws `reauthentication_required`. */
export async function signOutPerson(ctx: SystemContext, userId: UserId): Promise<void> {
  authorize(ctx, USERS_MANAGE);
  await requireRecentSignIn(ctx);
  await signOut(ctx, userId);
}

async function signOut(ctx: SystemContext, userId: UserId, { except }: { except?: string } = {}) {
  await ctx.tx(async (tx) => {
    const ended = await endAllSessionsIn(ctx, tx, userId, { except });
    if (ended === 0) return;
    await publish(ctx, tx, USER_SIGNED_OUT, { after: await getUserById(tx, userId), details: {} });
  });
  ctx.services.use(SIGN_INS).forgetUser(userId);
}

type Row = Omit<SignIn, keyof Browser> & { userAgent: string };

function toSignIn({ id, ipAddress, userAgent, createdAt, lastSeenAt }: Row): SignIn {
  return { id, ipAddress, createdAt, lastSeenAt, ...parseUserAgent(userAgent) };
}

function unknownSession() {
  return notFound(SESSION_NOT_FOUND);
}
