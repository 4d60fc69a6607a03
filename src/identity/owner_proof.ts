import { and, eq, gt } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { sessions } from "../../db/control/schema/identity.ts";
import type { SystemContext } from "../context.ts";
import { invalid } from "../errors.ts";
import { after, MINUTE } from "../platform/clock.ts";
import { logOf } from "../platform/log.ts";
import { type Problem, problem } from "../platform/problem.ts";
import type { Session } from "./credentials.ts";
import { checkPassword } from "./password_checks.ts";
import { lockPassword } from "./sign_in.ts";
import { lockUser, type User } from "./users.ts";

const PASSWORD_MISSING = problem("owner_password_missing", "Enter your password.");
const PASSWORD_WRONG = problem("owner_password_wrong", "This isn't your password.");
const SIGN_IN_AGAIN = problem(
  "owner_sign_in_again",
  "Sign out and sign in again by email, then try once more within ten minutes.",
);

const RECENT = 10 * MINUTE;

const log = logOf("security");

/**
 * What is missing to prove that the person at the browser owns the account, not somebody who found it open: the password, or
 * without a password a sign-in within the last ten minutes. Null if nothing is.
 */
export async function findOwnerProblem(
  ctx: SystemContext,
  user: User,
  session: Session,
  password: string,
): Promise<Problem | null> {
  if (user.passwordHash === null) return await isRecent(ctx, session) ? null : SIGN_IN_AGAIN;
  if (password === "") return PASSWORD_MISSING;
  const { matches } = await checkPassword(ctx, { email: user.email, user }, password);
  if (matches) return null;
  log.warn("a change of an account was refused", { userId: user.id, requestId: ctx.requestId });
  return PASSWORD_WRONG;
}

/** Runs `work` in a transaction that locks the user. Throws `invalid` if the password has changed since it was checked. */
export async function withProvenOwner<T>(
  ctx: SystemContext,
  user: User,
  work: (tx: ControlTx) => Promise<T>,
): Promise<T> {
  return await ctx.tx(async (tx) => {
    if (user.passwordHash === null) await lockUser(tx, user.id);
    else if (!await lockPassword(tx, user)) throw invalid({ password: PASSWORD_WRONG });
    return await work(tx);
  });
}

/** A handoff opens a session of an older sign-in, so the sign-in's first session counts. */
async function isRecent(ctx: SystemContext, { signInId, actor }: Session): Promise<boolean> {
  const ofSignIn = and(eq(sessions.signInId, signInId), eq(sessions.userId, actor.id));
  const since = after(ctx.services.clock.now(), -RECENT);
  const all = await ctx.control.$count(sessions, ofSignIn);
  return all > 0 && all === await ctx.control.$count(sessions, and(ofSignIn, gt(sessions.createdAt, since)));
}
