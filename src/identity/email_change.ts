import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { oneTimeTokens } from "../../db/control/schema/identity.ts";
import { users } from "../../db/control/schema/users.ts";
import { authorize, authorizeSelf } from "../access/authorize.ts";
import type { SystemContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { invalid } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { isUniqueViolation } from "../platform/database_errors.ts";
import { logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import { emailAddress } from "../platform/text.ts";
import { logged } from "./account.ts";
import type { Device, Session } from "./credentials.ts";
import { CONFIRM_NEW_EMAIL, EMAIL_CHANGED } from "./emails.ts";
import { USER_EMAIL_CHANGED } from "./events.ts";
import { peekOneTimeToken, redeemOneTimeToken } from "./one_time_tokens.ts";
import { MAX_PASSWORD_LENGTH, PASSWORD_TOO_LONG } from "./passwords.ts";
import { findOwnerProblem, withProvenOwner } from "./owner_proof.ts";
import { USERS_MANAGE } from "./permissions.ts";
import { requireRecentSignIn } from "./recent_sign_in.ts";
import { enforceForAddress, LINKS_ADDRESS } from "./sign_in_limits.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { findUserById, getUserById, lockUser, type User } from "./users.ts";

const EMAIL_IS_OLD = problem("email_is_old", "This is already your email.");
const EMAIL_TAKEN = problem(
  "email_taken",
  "Another account uses this email. Sign in to that account instead.",
);
const LINK_EXPIRED = problem("email_change_link_expired", "This link has been used or has expired.");

const log = logOf("security");

export const emailChange = z.object({
  email: emailAddress,
  password: z.string().max(MAX_PASSWORD_LENGTH * 4, PASSWORD_TOO_LONG.code).default(""),
});
export const emailChangeLink = z.object({ token: z.string().default("") });

/** What a link would change, and whether the visitor is signed in to its account. */
export type OpenEmailChange = { current: string; newAddress: string; isOwn: boolean };

/**
 * Emails a link to the new address, and a notice to the present one. Nothing changes until someone who is signed in to the account
 * opens the link. A newer request replaces an older one. The result is the same if the address has an account. Throws
 * `invalid` on `email` and `password`.
 */
export async function requestEmailChange(
  ctx: SystemContext,
  session: Session,
  { email: newAddress, password }: z.output<typeof emailChange>,
  device: Device,
): Promise<void> {
  const { id } = session.actor;
  authorizeSelf(ctx, id);
  await enforceForAddress(ctx, LINKS_ADDRESS);
  const user = await getUserById(ctx.control, id);
  await checkRequest(ctx, user, session, newAddress, password);
  const change = { userId: id, formerAddress: user.email, newAddress };
  await withProvenOwner(ctx, user, async (tx) => {
    await endLinksToOthers(ctx, tx, change);
    await sendEmail(ctx, tx, CONFIRM_NEW_EMAIL, change);
    const notice = { ...change, ...device, stage: "requested" as const };
    await sendEmail(ctx, tx, EMAIL_CHANGED, notice);
  });
  log.info("change of email requested", { userId: id, requestId: ctx.requestId });
}

/** Links to the same address keep working, because an address gets few emails in an hour. */
async function endLinksToOthers(
  { services }: SystemContext,
  tx: ControlTx,
  { userId, newAddress }: { userId: User["id"]; newAddress: string },
): Promise<void> {
  await tx.update(oneTimeTokens).set({ usedAt: services.clock.now() }).where(and(
    eq(oneTimeTokens.userId, userId),
    eq(oneTimeTokens.purpose, "change_email"),
    isNull(oneTimeTokens.usedAt),
    sql`${oneTimeTokens.details} ->> 'newAddress' <> ${newAddress}`,
  ));
}

/** The change of a link, without using the link up. Null if it no longer works. */
export async function findEmailChange(ctx: SystemContext, token: string): Promise<OpenEmailChange | null> {
  const grant = await peekOneTimeToken(ctx, "change_email", token);
  const user = grant && await findUserById(ctx.control, grant.userId);
  if (!user || user.email !== grant.details.email) return null;
  const isOwn = "id" in ctx.actor && ctx.actor.id === user.id;
  return { current: user.email, newAddress: String(grant.details.newAddress), isOwn };
}

/**
 * Replaces the address of the person who is signed in, and marks the new one as confirmed. Tells the former address. Throws
 * `invalid` on `token`, also if another account has the address, and `forbidden` for anyone but the account's owner.
 */
export async function confirmEmailChange(
  ctx: SystemContext,
  { token }: z.output<typeof emailChangeLink>,
  device: Device,
): Promise<{ email: string }> {
  const grant = await peekOneTimeToken(ctx, "change_email", token);
  if (!grant) throw invalid({ token: LINK_EXPIRED });
  authorizeSelf(ctx, grant.userId);
  const email = String(grant.details.newAddress);
  const formerAddress = String(grant.details.email);
  await rejectTakenEmail("token", () =>
    ctx.tx(async (tx) => {
      await lockUser(tx, grant.userId);
      if (!await redeemOneTimeToken(ctx, tx, "change_email", token)) throw invalid({ token: LINK_EXPIRED });
      await changeIn(ctx, tx, { ...grant, formerAddress, email }, device);
    }));
  ctx.services.use(SIGN_INS).forgetUser(grant.userId);
  log.info("email changed", { userId: grant.userId, requestId: ctx.requestId });
  return { email };
}

/**
 * Replaces the address of a person who asked the operator. The operator vouches for the new one, so it counts as confirmed. Tells the
 * former address. Throws `invalid` on `email`, or `reauthentication_required`.
 */
export async function changeEmailOf(ctx: SystemContext, userId: User["id"], email: string): Promise<User> {
  authorize(ctx, USERS_MANAGE);
  await requireRecentSignIn(ctx);
  const changed = await rejectTakenEmail("email", () =>
    ctx.tx(async (tx) => {
      await lockUser(tx, userId);
      const { email: formerAddress } = await getUserById(tx, userId);
      if (email === formerAddress) throw invalid({ email: EMAIL_IS_OLD });
      return await changeIn(ctx, tx, { userId, formerAddress, email }, { ipAddress: null, userAgent: "" });
    }));
  ctx.services.use(SIGN_INS).forgetUser(userId);
  log.info("email changed by the operator", { userId, requestId: ctx.requestId });
  return changed;
}

type AddressChange = { userId: User["id"]; formerAddress: string; email: string };

/** Replaces the address, publishes the change, and tells the former address. */
async function changeIn(
  ctx: SystemContext,
  tx: ControlTx,
  change: AddressChange,
  origin: { ipAddress: string | null; userAgent: string },
): Promise<User> {
  const { userId, formerAddress, email: newAddress } = change;
  const user = await replaceAddress(ctx, tx, change);
  await publish(ctx, tx, USER_EMAIL_CHANGED, { after: logged(user), details: {} });
  await sendEmail(ctx, tx, EMAIL_CHANGED, { userId, formerAddress, newAddress, ...origin, stage: "done" });
  return user;
}

/** Runs a change of an address. Throws `invalid` on `field` if another account has it. */
async function rejectTakenEmail<T>(field: "email" | "token", change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (isUniqueViolation(error, "users_email_unique")) throw invalid({ [field]: EMAIL_TAKEN });
    throw error;
  }
}

/** The user with the new address. Throws `invalid` if the address has changed since the link was made. */
async function replaceAddress(
  ctx: SystemContext,
  tx: ControlTx,
  { userId, formerAddress, email }: AddressChange,
): Promise<User> {
  const now = ctx.services.clock.now();
  const changed = await tx.update(users).set({ email, emailVerifiedAt: now, updatedAt: now })
    .where(and(eq(users.id, userId), eq(users.email, formerAddress))).returning({ id: users.id });
  if (changed.length === 0) throw invalid({ token: LINK_EXPIRED });
  return await getUserById(tx, userId);
}

/**
 * Throws `invalid` with everything that is wrong at once, or `reauthentication_required` if the person has a second factor and hasn't
 * used it just now.
 */
async function checkRequest(
  ctx: SystemContext,
  user: User,
  session: Session,
  newAddress: string,
  password: string,
): Promise<void> {
  const doubt = await findOwnerProblem(ctx, user, session, password);
  const isOld = newAddress === user.email;
  if (!doubt && !isOld) {
    return await requireRecentSignIn(ctx, { proved: [user.passwordHash === null ? "email" : "password"] });
  }
  throw invalid({ ...(isOld ? { email: EMAIL_IS_OLD } : {}), ...(doubt ? { password: doubt } : {}) });
}
