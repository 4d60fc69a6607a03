import { z } from "zod";
import type { SystemContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { invalid } from "../errors.ts";
import { sha256 } from "../platform/crypto.ts";
import { problem } from "../platform/problem.ts";
import { emailAddress } from "../platform/text.ts";
import { resetAccess } from "./account_access.ts";
import { findUserOfToken } from "./address_tokens.ts";
import type { Device } from "./credentials.ts";
import { markEmailConfirmed } from "./email_verification.ts";
import { RESET_PASSWORD } from "./emails.ts";
import { redeemOneTimeToken } from "./one_time_tokens.ts";
import { checkNewPassword, hashPassword } from "./passwords.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { lockUser } from "./users.ts";

const LINK_EXPIRED = problem(
  "password_link_expired",
  "This link has been used or has expired. Ask for a new one.",
);

export const newPassword = z.object({ token: z.string(), password: z.string() });
export const forgottenPassword = z.object({ email: emailAddress });

/** Emails a link to set a password if the address has an account. A job looks up the account, so timing reveals nothing. */
export async function requestPasswordLink(
  ctx: SystemContext,
  { email }: z.output<typeof forgottenPassword>,
  device: Device,
): Promise<void> {
  const request = { address: email, ...device };
  await ctx.tx((tx) => sendEmail(ctx, tx, RESET_PASSWORD, request, { throttle: sha256(email) }));
}

/** Whether the link with this token still works. */
export async function isPasswordLinkOpen(ctx: SystemContext, token: string): Promise<boolean> {
  return await findUserOfToken(ctx, "set_password", token) !== null;
}

/**
 * Sets the password of a link's user and ends all other access to the account, in one transaction. A link from an email also
 * confirms the address. Throws `invalid` on `token` or `password`.
 */
export async function setPasswordByLink(
  ctx: SystemContext,
  input: z.output<typeof newPassword>,
): Promise<void> {
  const user = await findUserOfToken(ctx, "set_password", input.token);
  if (!user) throw expired();
  checkNewPassword(input.password, user.email);
  const passwordHash = await hashPassword(input.password, ctx.signal);
  await ctx.tx(async (tx) => {
    await lockUser(tx, user.id);
    const grant = await redeemOneTimeToken(ctx, tx, "set_password", input.token);
    if (!grant) throw expired();
    await resetAccess(ctx, tx, user.id, passwordHash);
    if (grant.details.channel === "email") await markEmailConfirmed(ctx, tx, user);
  });
  ctx.services.use(SIGN_INS).forgetUser(user.id);
}

function expired() {
  return invalid({ token: LINK_EXPIRED });
}
