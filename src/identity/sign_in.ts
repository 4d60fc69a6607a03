import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { users } from "../../db/control/schema/users.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import type { SystemContext } from "../context.ts";
import { unauthenticated } from "../errors.ts";
import { logOf } from "../platform/log.ts";
import { normalizeEmailAddress } from "../platform/text.ts";
import { hashPassword, MAX_PASSWORD_LENGTH, verifyPassword } from "./passwords.ts";
import { type NewSession, type StartedSession, startSession } from "./sessions.ts";
import { findUserByEmail, replacePasswordHash, type User } from "./users.ts";

const MAX_EMAIL_LENGTH = 254;

const log = logOf("security");

/** What someone types to sign in. Nothing is said of its form: a wrong form is a wrong sign-in. */
export const credentials = z.object({
  email: z.string().overwrite(normalizeEmailAddress).max(MAX_EMAIL_LENGTH),
  password: z.string().max(MAX_PASSWORD_LENGTH * 4),
});
export type Credentials = z.output<typeof credentials>;

/**
 * The user of these credentials. Throws `unauthenticated`, the same and at the same price for an unknown address and a
 * wrong password. A hash that was made with older parameters is replaced.
 */
export async function authenticate(ctx: SystemContext, given: Credentials): Promise<User> {
  const { email, password } = given;
  const user = await findUserByEmail(ctx.control, email);
  const { matches, outdated } = await verifyPassword(password, user?.passwordHash ?? null, ctx.signal);
  if (!user || !matches) {
    log.warn("sign-in refused", { userId: user?.id, requestId: ctx.requestId });
    throw wrongCredentials();
  }
  const passwordHash = outdated ? await hashPassword(password, ctx.signal) : user.passwordHash!;
  if (outdated && !await replacePasswordHash(ctx, user, passwordHash)) return await authenticate(ctx, given);
  log.info("signed in", { userId: user.id, requestId: ctx.requestId });
  return { ...user, passwordHash };
}

/** Signs a user in whose password was checked. Throws `unauthenticated` when it has been changed since. */
export async function startCheckedSession(
  ctx: SystemContext,
  user: User,
  session: Omit<NewSession, "userId" | "signInId">,
): Promise<StartedSession> {
  const started = await whilePasswordHolds(
    ctx,
    user,
    (tx) => startSession(ctx, tx, { ...session, userId: user.id }),
  );
  if (!started) throw wrongCredentials();
  return started;
}

/**
 * Does `work` while nobody can change the password that was checked: a change comes before, then this is null, or after,
 * and finds what `work` has made.
 */
export async function whilePasswordHolds<T>(
  ctx: SystemContext,
  user: User,
  work: (tx: ControlTx) => Promise<T>,
): Promise<T | null> {
  return await ctx.tx(async (tx) => await lockPassword(tx, user) ? await work(tx) : null);
}

/**
 * Whether the password that was checked is still the user's; from then on until the transaction's end. Takes the same lock as
 * `lockUser`, so that no two transactions hold a weaker one and wait for each other.
 */
export async function lockPassword(tx: ControlTx, { id, passwordHash }: User): Promise<boolean> {
  const [same] = await tx.select({ id: users.id }).from(users)
    .where(and(eq(users.id, id), eq(users.passwordHash, passwordHash!))).for("no key update");
  return same !== undefined;
}

export function wrongCredentials() {
  return unauthenticated("The email address or the password is wrong.");
}
