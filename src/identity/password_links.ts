import { z } from "zod";
import { sha256 } from "../platform/crypto.ts";
import type { SystemContext } from "../context.ts";
import { invalid } from "../errors.ts";
import { enqueue, keyOncePer } from "../outbox/outbox.ts";
import { DAY, MINUTE } from "../platform/clock.ts";
import { emailAddress } from "../platform/text.ts";
import { resetAccess } from "./account_access.ts";
import { type Channel, findUserOfToken, issueAddressToken } from "./address_tokens.ts";
import { markEmailConfirmed } from "./email_verification.ts";
import { redeemOneTimeToken } from "./one_time_tokens.ts";
import { checkNewPassword, hashPassword } from "./passwords.ts";
import { lockUser, type User } from "./users.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import type { Device } from "./credentials.ts";
import { SEND_EMAIL } from "../email/send_email.ts";

export const LINK_DAYS = 2;
const ONE_EMAIL_IN = 5 * MINUTE;

export const newPassword = z.object({ token: z.string(), password: z.string() });
export const forgottenPassword = z.object({ email: emailAddress });

/**
 * Emails a link to set a password to the address, if someone has an account with it; a job finds that out later. At most one email
 * leaves in each five minutes of the clock.
 */
export async function requestPasswordLink(
  ctx: SystemContext,
  { email }: z.output<typeof forgottenPassword>,
  device: Device,
): Promise<void> {
  await ctx.tx((tx) =>
    enqueue(ctx, tx, SEND_EMAIL, { message: "reset_password", address: email, ...device }, {
      key: keyOncePer(ONE_EMAIL_IN, `reset_password ${sha256(email)}`, ctx),
    })
  );
}

/** A link to set a password: works once, for `ttl` milliseconds, as long as the user has this address. */
export async function createPasswordLink(
  ctx: SystemContext,
  user: Pick<User, "id" | "email">,
  { ttl = LINK_DAYS * DAY, channel = "terminal" }: { ttl?: number; channel?: Channel } = {},
): Promise<string> {
  const token = await issueAddressToken(ctx, "set_password", user, { ttl, channel });
  return `${ctx.services.config.appUrl.origin}/reset-password?token=${token}`;
}

/** Whether the link of this token still works. */
export async function isPasswordLinkOpen(ctx: SystemContext, token: string): Promise<boolean> {
  return await findUserOfToken(ctx, "set_password", token) !== null;
}

/**
 * Sets the password of a link's user and ends every other way into the account, all of it or nothing. A link that came by email
 * confirms the address as well. Throws `invalid` on `token` or `password`.
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
    if (grant.details.channel === "mail") await markEmailConfirmed(ctx, tx, user);
  });
  ctx.services.use(SIGN_INS).forgetUser(user.id);
}

function expired() {
  return invalid({ token: "This link has been used or has expired. Ask for a new one." });
}
