import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { describeActor, type UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { conflict, invalid } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import { emailAddress } from "../platform/text.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { findWorkspace } from "../tenancy/workspaces.ts";
import { resetAccess } from "./account_access.ts";
import { findUserOfToken } from "./address_tokens.ts";
import type { Device } from "./credentials.ts";
import { markEmailConfirmed } from "./email_verification.ts";
import { PASSWORD_CHANGED, RESET_PASSWORD } from "./emails.ts";
import { withinCodeLimit } from "./factor_codes.ts";
import { createHandoff, createHandoffToOnly } from "./handoffs.ts";
import { redeemOneTimeToken } from "./one_time_tokens.ts";
import { findLinkStep, LINK_EXPIRED, type LinkStep, proveLinkCode } from "./password_link_codes.ts";
import { checkNewPassword, hashPassword } from "./passwords.ts";
import { type StartedSession, startSession } from "./sessions.ts";
import { enforceForAddress, LINKS_ADDRESS } from "./sign_in_limits.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { lockUser, type User } from "./users.ts";

const LINK_OF_ANOTHER = problem(
  "link_of_another",
  "You're signed in as {current}. This link is for {email}. Sign out to use it.",
);
const CODE_MISSING = problem("password_link_code_missing", "Enter a code.");
const CODE_WRONG = problem(
  "password_link_code_wrong",
  "This code is wrong or was used before. Try another one.",
);

const MAX_CODE_INPUT_LENGTH = 40;

/** `code` is the code of a second factor, if the account has one. */
export const newPassword = z.object({
  token: z.string(),
  password: z.string(),
  code: z.string().max(MAX_CODE_INPUT_LENGTH, CODE_WRONG.code).default(""),
});
export const forgottenPassword = z.object({ email: emailAddress });

/**
 * A link that still works. `isFirst`: its account has no password yet. `isOfAnother`: somebody else is signed in here. `step`: the
 * account's second factor, if it has one.
 */
export type OpenPasswordLink = {
  address: string;
  isFirst: boolean;
  isOfAnother: boolean;
  step: LinkStep | null;
};

/** `signed_in`: the browser gets `session` and goes on to `url`. `sign_in`: the person signs in with the new password. */
export type PasswordOutcome =
  | { next: "sign_in"; userId: UserId }
  | { next: "signed_in"; url: string; session: StartedSession };

/**
 * Emails a link to set a password if the address has an account. A job looks up the account, so timing reveals nothing. Throws
 * `rate_limited`.
 */
export async function requestPasswordLink(
  ctx: SystemContext,
  { email }: z.output<typeof forgottenPassword>,
  device: Device,
): Promise<void> {
  await enforceForAddress(ctx, LINKS_ADDRESS);
  await ctx.tx((tx) => sendEmail(ctx, tx, RESET_PASSWORD, { address: email, ...device }));
}

/** The link with this token, without using it up. Null if it no longer works. */
export async function findPasswordLink(ctx: SystemContext, token: string): Promise<OpenPasswordLink | null> {
  const user = await findUserOfToken(ctx, "set_password", token);
  return user && {
    address: user.email,
    isFirst: isFirstPassword(user),
    isOfAnother: isSomeoneElse(ctx, user),
    step: await findLinkStep(ctx, ctx.control, user, token),
  };
}

/**
 * Sets the password of a link's user and ends all other access to the account, in one transaction. Emails the user if it replaces
 * another password. A link from an email also confirms the address. An account with a second factor needs its code too. A code by
 * email doesn't count, because the link came by email. With that code, or with the account's first password, the link also signs
 * its owner in. Throws `invalid` on `token`, `password` or `code`, `rate_limited`, and `conflict` instead of replacing somebody
 * else's session.
 */
export async function setPasswordByLink(
  ctx: SystemContext,
  input: z.input<typeof newPassword>,
  device: Device,
): Promise<PasswordOutcome> {
  const user = await findUserOfToken(ctx, "set_password", input.token);
  if (!user) throw expired();
  const isAsked = await findLinkStep(ctx, ctx.control, user, input.token) !== null;
  if ((isFirstPassword(user) || isAsked) && isSomeoneElse(ctx, user)) throw belongsToAnother(ctx, user);
  await checkNewPassword(ctx.services.config, input.password, { email: user.email, names: [user.name] });
  const setPassword = async () => {
    const passwordHash = await hashPassword(input.password, ctx.signal);
    return await ctx.tx((tx) => setPasswordIn(ctx, tx, user, { ...input, passwordHash, device }));
  };
  const set = isAsked ? await withinCodeLimit(ctx, user.id, setPassword) : await setPassword();
  if (!set) throw invalid({ code: input.code ? CODE_WRONG : CODE_MISSING });
  ctx.services.use(SIGN_INS).forgetUser(user.id);
  if (!set.session) return { next: "sign_in", userId: user.id };
  return { next: "signed_in", session: set.session, url: await destinationOf(ctx, user, set.session, set) };
}

/** No password was set since `user` was read, because setting one ends all of the user's links. */
async function setPasswordIn(
  ctx: SystemContext,
  tx: ControlTx,
  user: User,
  { token, code = "", passwordHash, device }: {
    token: string;
    code?: string;
    passwordHash: string;
    device: Device;
  },
): Promise<{ tenantId: TenantId | null; session: StartedSession | null } | null> {
  await lockUser(tx, user.id);
  const step = await findLinkStep(ctx, tx, user, token);
  const second = step && await proveLinkCode(ctx, tx, user, step, { token, code });
  if (step && !second) return null;
  const grant = await redeemOneTimeToken(ctx, tx, "set_password", token);
  if (!grant) throw expired();
  await resetAccess(ctx, tx, user.id, passwordHash);
  if (!isFirstPassword(user)) await sendEmail(ctx, tx, PASSWORD_CHANGED, { userId: user.id, ...device });
  if (grant.details.channel === "email") await markEmailConfirmed(ctx, tx, user);
  const methods = second ? ["email", second] as const : ["email"] as const;
  const session = isFirstPassword(user) || second
    ? await startSession(ctx, tx, { userId: user.id, tenantId: null, methods, remember: true, device })
    : null;
  return { tenantId: grant.tenantId, session };
}

/** The workspace that the link leads to, or the person's only one, or the list of their workspaces. */
async function destinationOf(
  ctx: SystemContext,
  user: User,
  { signInId, remember }: StartedSession,
  { tenantId }: { tenantId: TenantId | null },
): Promise<string> {
  const request = { signInId, remember, welcome: "joined" } as const;
  const invited = tenantId && await findWorkspace(ctx, user, tenantId);
  if (invited) return await createHandoff(ctx, invited.tenant, { ...request, userId: user.id });
  return await createHandoffToOnly(ctx, user, request) ?? "/workspaces";
}

function isFirstPassword({ passwordHash }: User): boolean {
  return passwordHash === null;
}

function isSomeoneElse({ actor }: SystemContext, { id }: User): boolean {
  const signedIn = describeActor(actor).id;
  return signedIn !== null && signedIn !== id;
}

function belongsToAnother({ actor }: SystemContext, { email }: User) {
  const current = "email" in actor ? actor.email : describeActor(actor).name;
  return conflict(LINK_OF_ANOTHER.with({ current, email }));
}

function expired() {
  return invalid({ token: LINK_EXPIRED });
}
