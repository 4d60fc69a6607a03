import { z } from "zod";
import { sha256 } from "../platform/crypto.ts";
import type { SystemContext } from "../context.ts";
import { invalid } from "../errors.ts";
import { enqueue, keyOncePer } from "../jobs/outbox.ts";
import { DAY, MINUTE } from "../platform/clock.ts";
import { emailAddress } from "../platform/text.ts";
import { findUserOfToken, issueAddressToken } from "./address_tokens.ts";
import { markVerified } from "./email_verification.ts";
import { endOneTimeTokens, redeemOneTimeToken } from "./one_time_tokens.ts";
import { checkNewPassword, hashPassword } from "./passwords.ts";
import { type Device, endAllSessions } from "./sessions.ts";
import { setPasswordHash, type User } from "./users.ts";

export const LINK_DAYS = 2;
const ONE_MAIL_IN = 5 * MINUTE;

export const newPassword = z.object({ token: z.string(), password: z.string() });
export const forgottenPassword = z.object({ email: emailAddress });

/**
 * Has a link to set a password mailed to the address, if someone has an account with it. Whether someone does makes no
 * difference here. Asked for again within five minutes, it leads to one mail.
 */
export async function requestPasswordLink(
  ctx: SystemContext,
  { email }: z.output<typeof forgottenPassword>,
  device: Device,
): Promise<void> {
  await ctx.tx((tx) =>
    enqueue(ctx, tx, {
      name: "email.send",
      payload: { message: "reset_password", address: email, ...device },
      key: keyOncePer(ONE_MAIL_IN, `reset_password ${sha256(email)}`, ctx),
    })
  );
}

/** A link to set a password: works once, for `ttl` milliseconds, as long as the user has this address. */
export async function createPasswordLink(
  ctx: SystemContext,
  user: Pick<User, "id" | "email">,
  ttl = LINK_DAYS * DAY,
): Promise<string> {
  const token = await issueAddressToken(ctx, "set_password", user, ttl);
  return `${ctx.services.config.appUrl.origin}/reset-password?token=${token}`;
}

/** Whether the link of this token still works. */
export async function isPasswordLinkOpen(ctx: SystemContext, token: string): Promise<boolean> {
  return await findUserOfToken(ctx, "set_password", token) !== null;
}

/**
 * Sets the password of a link's user, and ends all their sessions and other such links. The link came by mail, so the
 * address is theirs. Throws `invalid` on `token` or `password`.
 */
export async function setPasswordByLink(
  ctx: SystemContext,
  input: z.output<typeof newPassword>,
): Promise<void> {
  const user = await findUserOfToken(ctx, "set_password", input.token);
  if (!user) throw expired();
  checkNewPassword(input.password, user.email);
  const passwordHash = await hashPassword(input.password);
  if (!await redeemOneTimeToken(ctx, "set_password", input.token)) throw expired();
  await setPasswordHash(ctx, user.id, passwordHash);
  await markVerified(ctx, user);
  await endOneTimeTokens(ctx, "set_password", user.id);
  await endAllSessions(ctx, user.id);
}

function expired() {
  return invalid({ token: "This link has been used or has expired. Ask for a new one." });
}
