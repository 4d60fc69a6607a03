import { and, eq } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { users } from "../../db/control/schema/users.ts";
import type { SystemContext } from "../context.ts";
import { unauthenticated } from "../errors.ts";
import { logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import { normalizeEmailAddress } from "../platform/text.ts";
import { type Provable, provableOf } from "./factors.ts";
import { findKnownBrowser } from "./known_browsers.ts";
import { checkPassword } from "./password_checks.ts";
import { hashPassword, MAX_PASSWORD_LENGTH } from "./passwords.ts";
import { type NewSession, type StartedSession, startSession } from "./sessions.ts";
import { recordAttempt, recordingLimit } from "./sign_in_attempts.ts";
import { findUserByEmail, replacePasswordHash, type User } from "./users.ts";

const WRONG_CREDENTIALS = problem("wrong_credentials", "The email address or the password is wrong.");

const MAX_EMAIL_LENGTH = 254;

const log = logOf("security");

/** The input of a sign-in form. A malformed address is not reported as such; it fails like a wrong password. */
export const credentials = z.object({
  email: z.string().overwrite(normalizeEmailAddress).max(MAX_EMAIL_LENGTH),
  password: z.string().max(MAX_PASSWORD_LENGTH * 4),
});
export type Credentials = z.output<typeof credentials>;

/**
 * The user with these credentials. Throws `unauthenticated`, or the errors of `checkPassword`. An unknown address and a wrong
 * password get the same error and take the same time. Replaces a hash that uses outdated parameters.
 */
export async function authenticate(ctx: SystemContext, input: Credentials, browserMark = ""): Promise<User> {
  const { email, password } = input;
  const user = await findUserByEmail(ctx.control, email);
  const browserId = user && findKnownBrowser(ctx, browserMark, user.id);
  const { matches, outdated } = await recordingLimit(
    ctx,
    user?.id,
    ["password"],
    () => checkPassword(ctx, { email, user, browserId }, password),
  );
  if (!user || !matches) {
    if (user) recordAttempt(ctx, { userId: user.id, methods: ["password"], outcome: "wrong_password" });
    log.warn("sign-in refused", { userId: user?.id, requestId: ctx.requestId });
    throw wrongCredentials();
  }
  const passwordHash = outdated ? await hashPassword(password, ctx.signal) : user.passwordHash!;
  if (outdated && !await replacePasswordHash(ctx, user, passwordHash)) {
    return await authenticate(ctx, input, browserMark);
  }
  log.info("signed in", { userId: user.id, requestId: ctx.requestId });
  return { ...user, passwordHash };
}

/**
 * Starts a session for a user whose password was checked and who has no second factor. Throws `unauthenticated` if the password has
 * changed since.
 */
export async function startCheckedSession(
  ctx: SystemContext,
  user: User,
  session: Omit<NewSession, "userId" | "signInId" | "methods">,
): Promise<StartedSession> {
  const started = await withUnchangedPassword(
    ctx,
    user,
    (tx) => startSession(ctx, tx, { ...session, userId: user.id, methods: ["password"] }),
  );
  if (!started) throw wrongCredentials();
  return started;
}

/**
 * Runs `work` in a transaction that locks the user's password, and tells it which second factors the user has. Returns null if the
 * password has changed since it was checked. A later change waits for the transaction and sees the rows that `work` wrote.
 */
export async function withUnchangedPassword<T>(
  ctx: SystemContext,
  user: User,
  work: (tx: ControlTx, locked: LockedPassword) => Promise<T>,
): Promise<T | null> {
  return await ctx.tx(async (tx) => {
    const locked = await lockPassword(tx, user);
    return locked && await work(tx, locked);
  });
}

/**
 * What is known of a user whose password is locked, so that a sign-in needs no query for it. A second factor that is confirmed while
 * the sign-in waits for the lock counts as added after it.
 */
export type LockedPassword = { provable: Provable };

/**
 * Locks the user's password until the end of the transaction. Null if it is no longer the password that was checked. Takes the same
 * lock as `lockUser`, because two transactions with a weaker lock could deadlock.
 */
export async function lockPassword(
  tx: ControlTx,
  { id, passwordHash }: User,
): Promise<LockedPassword | null> {
  const [locked] = await tx.select({ provable: provableOf(id) }).from(users)
    .where(and(eq(users.id, id), eq(users.passwordHash, passwordHash!))).for("no key update");
  return locked ?? null;
}

export function wrongCredentials() {
  return unauthenticated(WRONG_CREDENTIALS);
}
