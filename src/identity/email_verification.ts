import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { users } from "../../db/control/schema/users.ts";
import { describeActor, type UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { invalid } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import { resetAccess } from "./account_access.ts";
import { findUserOfToken } from "./address_tokens.ts";
import { VERIFY_ADDRESS } from "./emails.ts";
import { redeemOneTimeToken } from "./one_time_tokens.ts";
import { checkPassword } from "./password_checks.ts";
import { checkNewPassword, hashPassword, MAX_PASSWORD_LENGTH, PASSWORD_TOO_LONG } from "./passwords.ts";
import { lockPassword } from "./sign_in.ts";
import { enforceForAddress, LINKS_ADDRESS } from "./sign_in_limits.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { lockUser, type User } from "./users.ts";

const PASSWORD_WRONG = problem("password_wrong", "This is not the account's password.");
const LINK_EXPIRED = problem("verification_link_expired", "This link has been used or has expired.");

/**
 * `password` is the account's password, or a new one with `choosePassword`. A visitor who is signed in to the account
 * needs neither.
 */
export const confirmation = z.object({
  token: z.string().default(""),
  password: z.string().max(MAX_PASSWORD_LENGTH * 4, PASSWORD_TOO_LONG.code).default(
    "",
  ),
  choosePassword: z.string().optional().transform((value) => value !== undefined),
});

/** Sends the email that asks a user to confirm their address again. Throws `rate_limited`. */
export async function requestVerification(ctx: SystemContext, userId: UserId): Promise<void> {
  await enforceForAddress(ctx, LINKS_ADDRESS);
  await ctx.tx((tx) => sendVerification(ctx, tx, userId));
}

/** Asks a user by email to confirm their address. */
export async function sendVerification(
  ctx: SystemContext,
  tx: ControlTx,
  userId: UserId,
): Promise<void> {
  await sendEmail(ctx, tx, VERIFY_ADDRESS, { userId });
}

/** The address that a link confirms, and the proof that confirming it takes. */
export type OpenVerification = {
  address: string;
  /** `click`: the visitor is signed in to the account. `new_password`: the account has no password yet. */
  proof: "click" | "password" | "new_password";
};

/** Returns null if the link no longer works. */
export async function findVerification(ctx: SystemContext, token: string): Promise<OpenVerification | null> {
  const user = await findUserOfToken(ctx, "verify_email", token);
  return user && { address: user.email, proof: proofFor(ctx, user) };
}

/**
 * Confirms the address of a link's user. A visitor who is signed in to the account needs only the link. Anyone else enters the
 * account's password or chooses a new one. A new password ends all earlier access, because a stranger may have signed up with
 * the address.
 * Throws `invalid` on `token` or `password`.
 */
export async function confirmEmail(
  ctx: SystemContext,
  { token, password, choosePassword }: z.output<typeof confirmation>,
): Promise<{ address: string; passwordChanged: boolean }> {
  const user = await findUserOfToken(ctx, "verify_email", token);
  if (!user) throw expired();
  const proof = proofFor(ctx, user);
  const passwordChanged = proof === "new_password" || (proof === "password" && choosePassword);
  // A new password for a confirmed account takes a link to set a password, which asks for the second factor.
  if (user.emailVerifiedAt && passwordChanged) throw expired();
  if (passwordChanged) await confirmWithNewPassword(ctx, user, token, password);
  else if (proof === "password") await confirmWithPassword(ctx, user, token, password);
  else await confirmSignedIn(ctx, user, token);
  ctx.services.use(SIGN_INS).forgetUser(user.id);
  return { address: user.email, passwordChanged };
}

/** Marks the user's email address as confirmed, unless the address has changed. */
export async function markEmailConfirmed(
  ctx: SystemContext,
  tx: ControlTx,
  { id, email }: Pick<User, "id" | "email">,
): Promise<void> {
  const now = ctx.services.clock.now();
  await tx.update(users).set({ emailVerifiedAt: now, updatedAt: now })
    .where(and(eq(users.id, id), eq(users.email, email), isNull(users.emailVerifiedAt)));
}

function proofFor(ctx: SystemContext, user: User): OpenVerification["proof"] {
  if (describeActor(ctx.actor).id === user.id) return "click";
  return user.passwordHash === null ? "new_password" : "password";
}

async function confirmSignedIn(ctx: SystemContext, user: User, token: string): Promise<void> {
  await ctx.tx(async (tx) => {
    await lockUser(tx, user.id);
    await confirmIn(ctx, tx, user, token);
  });
}

async function confirmWithPassword(
  ctx: SystemContext,
  user: User,
  token: string,
  password: string,
): Promise<void> {
  const wrong = () => invalid({ password: PASSWORD_WRONG });
  if (!(await checkPassword(ctx, { email: user.email, user }, password)).matches) throw wrong();
  await ctx.tx(async (tx) => {
    await lockUser(tx, user.id);
    if (!await lockPassword(tx, user)) throw wrong();
    await confirmIn(ctx, tx, user, token);
  });
}

async function confirmWithNewPassword(
  ctx: SystemContext,
  user: User,
  token: string,
  password: string,
): Promise<void> {
  await checkNewPassword(ctx.services.config, password, { email: user.email, names: [user.name] });
  const passwordHash = await hashPassword(password, ctx.signal);
  await ctx.tx(async (tx) => {
    await lockUser(tx, user.id);
    await confirmIn(ctx, tx, user, token);
    await resetAccess(ctx, tx, user.id, passwordHash);
  });
}

async function confirmIn(ctx: SystemContext, tx: ControlTx, user: User, token: string): Promise<void> {
  if (!await redeemOneTimeToken(ctx, tx, "verify_email", token)) throw expired();
  await markEmailConfirmed(ctx, tx, user);
}

function expired() {
  return invalid({ token: LINK_EXPIRED });
}
