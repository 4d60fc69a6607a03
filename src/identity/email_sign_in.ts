import { and, eq, gt, lt, sql } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { emailSignIns } from "../../db/control/schema/identity.ts";
import type { SystemContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { invalid } from "../errors.ts";
import { after, HOUR, MINUTE } from "../platform/clock.ts";
import { newToken, sha256 } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import { logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import { emailAddress } from "../platform/text.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { findWorkspace } from "../tenancy/workspaces.ts";
import { resetAccess } from "./account_access.ts";
import type { Device } from "./credentials.ts";
import { markEmailConfirmed } from "./email_verification.ts";
import { SIGN_IN_LINK } from "./emails.ts";
import { endOneTimeTokens, peekOneTimeToken, redeemOneTimeToken } from "./one_time_tokens.ts";
import { type CheckedSignIn, signInProven } from "./second_step.ts";
import { recordAttempt } from "./sign_in_attempts.ts";
import { CODES_ADDRESS, enforceForAddress, LINKS_ADDRESS } from "./sign_in_limits.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { type EmailSignIn, isSignInCode, SIGN_IN_MINUTES } from "./sign_in_codes.ts";
import { findUserByEmail, findUserById, lockUser, type User } from "./users.ts";

const CODE_WRONG = problem("sign_in_code_wrong", "This code is wrong. Check the email and try again.");
const CODE_USED_UP = problem("sign_in_code_used_up", "This code no longer works. Ask for another email.");
const SIGN_IN_EXPIRED = problem("email_sign_in_expired", "This sign-in has expired. Ask for another email.");
const LINK_EXPIRED = problem("sign_in_link_expired", "This link has been used or has expired.");

const MAX_ATTEMPTS = 5;
const MAX_EMAILS_AN_HOUR = 5;
const MAX_CODE_INPUT_LENGTH = 40;

const log = logOf("security");

export const emailSignIn = z.object({ email: emailAddress });
export const signInCode = z.object({
  code: z.string().max(MAX_CODE_INPUT_LENGTH, CODE_WRONG.code).default(""),
});
export const signInLink = z.object({ token: z.string().default("") });

/** Where a person signs in: on the apex (no tenant) or on a workspace's host. */
type Place = { tenantId: TenantId | null };
type Wanted = Place & { remember: boolean; next: string | null };

/** `token` is the browser's secret. The code works only together with it. */
export type StartedEmailSignIn = { token: string; expiresAt: Date };

/**
 * A person who was signed in by email, or who has to enter a code first. `wasReset`: their password was a stranger's, perhaps, and
 * no longer works.
 */
export type SignedInByEmail = { user: User; destination: string | null; wasReset: boolean } & CheckedSignIn;

/**
 * Emails a link and a code to an address if it has an account. A job looks up the account, so neither the result nor the time says
 * whether there is one.
 */
export async function startEmailSignIn(
  ctx: SystemContext,
  { email }: z.output<typeof emailSignIn>,
  wanted: Wanted,
  device: Device,
): Promise<StartedEmailSignIn> {
  await enforceForAddress(ctx, LINKS_ADDRESS);
  const now = ctx.services.clock.now();
  const id = newId();
  const token = newToken();
  const expiresAt = after(now, SIGN_IN_MINUTES * MINUTE);
  await ctx.tx(async (tx) => {
    const isAllowed = await mayEmail(ctx, tx, email);
    const attempts = isAllowed ? 0 : MAX_ATTEMPTS;
    const row = { id, tokenHash: sha256(token), email, ...wanted, attempts, createdAt: now, expiresAt };
    await tx.insert(emailSignIns).values(row);
    if (isAllowed) await sendLink(ctx, tx, id, device);
  });
  return { token, expiresAt };
}

/** The sign-in of the browser with this token, on this host. Null if there is none or it has expired. */
export async function findEmailSignIn(
  ctx: SystemContext,
  token: string,
  place: Place,
): Promise<{ address: string } | null> {
  const pending = await findPending(ctx, token, place);
  return pending && { address: pending.email };
}

/** Emails the link and the code again. Throws `rate_limited`. */
export async function resendEmailSignIn(
  ctx: SystemContext,
  token: string,
  place: Place,
  device: Device,
): Promise<void> {
  await enforceForAddress(ctx, LINKS_ADDRESS);
  const pending = await findPending(ctx, token, place);
  if (pending && pending.attempts < MAX_ATTEMPTS) {
    await ctx.tx((tx) => sendLink(ctx, tx, pending.id, device));
  }
}

/**
 * Signs in the browser that asked for the email, with its code. Allows five attempts. Throws `invalid` on `code`, or on `token` if the
 * sign-in has expired.
 */
export async function signInByCode(
  ctx: SystemContext,
  token: string,
  { code }: z.output<typeof signInCode>,
  place: Place,
  device: Device,
): Promise<SignedInByEmail> {
  const taken = await enforceForAddress(ctx, CODES_ADDRESS);
  const pending = await attempt(ctx, token, place);
  const user = await findUserByEmail(ctx.control, pending.email);
  if (!user || !isSignInCode(ctx, pending, code) || !await mayEnter(ctx, user, place)) {
    if (user) recordAttempt(ctx, { userId: user.id, methods: ["email"], outcome: "wrong_code" });
    log.warn("sign-in by code refused", { requestId: ctx.requestId });
    throw invalid({ code: CODE_WRONG });
  }
  await taken?.giveBack();
  const { remember, next } = pending;
  const signedIn = await ctx.tx(async (tx) => {
    await lockUser(tx, user.id);
    const [first] = await tx.update(emailSignIns).set({ attempts: MAX_ATTEMPTS + 1 })
      .where(and(eq(emailSignIns.id, pending.id), lt(emailSignIns.attempts, MAX_ATTEMPTS + 1))).returning();
    if (!first) throw invalid({ code: CODE_USED_UP });
    return await signInLocked(ctx, tx, user, { ...place, remember, next }, device);
  });
  return finish(ctx, signedIn);
}

/** The person whom a link signs in on this host, without using the link up. Null if it no longer works. */
export async function findSignInLink(
  ctx: SystemContext,
  token: string,
  place: Place,
): Promise<{ address: string } | null> {
  const user = await findUserOfLink(ctx, token, place);
  return user && { address: user.email };
}

/** Signs a browser in with a link from an email. Throws `invalid` on `token`. */
export async function signInByLink(
  ctx: SystemContext,
  { token }: z.output<typeof signInLink>,
  place: Place,
  device: Device,
): Promise<SignedInByEmail> {
  const user = await findUserOfLink(ctx, token, place);
  if (!user) throw invalid({ token: LINK_EXPIRED });
  const signedIn = await ctx.tx(async (tx) => {
    await lockUser(tx, user.id);
    const grant = await redeemOneTimeToken(ctx, tx, "sign_in", token);
    if (!grant) throw invalid({ token: LINK_EXPIRED });
    const { remember, next } = grant.details;
    const wanted = { ...place, remember: remember === true, next: typeof next === "string" ? next : null };
    return await signInLocked(ctx, tx, user, wanted, device);
  });
  return finish(ctx, signedIn);
}

/** Limits the emails to an address. Past the limit, the visitor's page looks the same, and no code works. */
async function mayEmail(ctx: SystemContext, tx: ControlTx, email: string): Promise<boolean> {
  const since = after(ctx.services.clock.now(), -HOUR);
  const isRecent = and(eq(emailSignIns.email, email), gt(emailSignIns.createdAt, since));
  return await tx.$count(emailSignIns, isRecent) < MAX_EMAILS_AN_HOUR;
}

async function sendLink(ctx: SystemContext, tx: ControlTx, emailSignInId: string, device: Device) {
  await sendEmail(ctx, tx, SIGN_IN_LINK, { emailSignInId, ...device });
}

/** Counts an attempt before the code is compared, so that parallel attempts count too. */
async function attempt(ctx: SystemContext, token: string, place: Place): Promise<EmailSignIn> {
  const pending = await findPending(ctx, token, place);
  if (!pending) throw invalid({ token: SIGN_IN_EXPIRED });
  const [attempted] = await ctx.control.update(emailSignIns).set({
    attempts: sql`${emailSignIns.attempts} + 1`,
  })
    .where(and(eq(emailSignIns.id, pending.id), lt(emailSignIns.attempts, MAX_ATTEMPTS))).returning();
  if (!attempted) throw invalid({ code: CODE_USED_UP });
  return attempted;
}

async function findPending(
  ctx: SystemContext,
  token: string,
  { tenantId }: Place,
): Promise<EmailSignIn | null> {
  const [row] = await ctx.control.select().from(emailSignIns).where(and(
    eq(emailSignIns.tokenHash, sha256(token)),
    gt(emailSignIns.expiresAt, ctx.services.clock.now()),
  ));
  return row && row.tenantId === tenantId ? row : null;
}

async function findUserOfLink(ctx: SystemContext, token: string, { tenantId }: Place): Promise<User | null> {
  const grant = await peekOneTimeToken(ctx, "sign_in", token);
  if (!grant || grant.tenantId !== tenantId) return null;
  const user = await findUserById(ctx.control, grant.userId);
  if (!user || user.email !== grant.details.email) return null;
  return await mayEnter(ctx, user, { tenantId }) ? user : null;
}

/** Everyone on the apex, and members on a workspace's host. */
async function mayEnter(ctx: SystemContext, user: User, { tenantId }: Place): Promise<boolean> {
  return tenantId === null || await findWorkspace(ctx, user, tenantId) !== null;
}

/**
 * Ends the user's other links and codes, and starts the session. Reading the email proves the address, so if it was unconfirmed, all
 * earlier access may be a stranger's and ends.
 */
async function signInLocked(
  ctx: SystemContext,
  tx: ControlTx,
  { id, email }: User,
  { tenantId, remember, next }: Wanted,
  device: Device,
): Promise<SignedInByEmail> {
  const user = await findUserById(tx, id);
  if (user?.email !== email) throw invalid({ token: LINK_EXPIRED });
  const wasReset = user.emailVerifiedAt === null && user.passwordHash !== null;
  if (user.emailVerifiedAt === null) await resetAccess(ctx, tx, id, null);
  else await endOneTimeTokens(ctx, tx, id, "sign_in");
  await markEmailConfirmed(ctx, tx, user);
  await tx.update(emailSignIns).set({ attempts: MAX_ATTEMPTS + 1 }).where(eq(emailSignIns.email, email));
  const wanted = { tenantId, remember, next, trust: "", device };
  return { user, destination: next, wasReset, ...await signInProven(ctx, tx, user, "email", wanted) };
}

function finish(ctx: SystemContext, signedIn: SignedInByEmail): SignedInByEmail {
  ctx.services.use(SIGN_INS).forgetUser(signedIn.user.id);
  const message = signedIn.next === "signed_in" ? "signed in" : "second factor asked for";
  log.info(message, { userId: signedIn.user.id, method: "email", requestId: ctx.requestId });
  return signedIn;
}
