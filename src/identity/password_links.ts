import { z } from "zod";
import { sha256 } from "../platform/crypto.ts";
import type { SystemContext } from "../context.ts";
import { invalid } from "../errors.ts";
import { enqueue, keyOncePer } from "../jobs/outbox.ts";
import { DAY, MINUTE } from "../platform/clock.ts";
import { emailAddress } from "../platform/text.ts";
import { type Channel, findUserOfToken, issueAddressToken } from "./address_tokens.ts";
import { markVerified } from "./email_verification.ts";
import { endOneTimeTokens, redeemOneTimeToken } from "./one_time_tokens.ts";
import { checkNewPassword, hashPassword } from "./passwords.ts";
import { type Device, endAllSessionsIn } from "./sessions.ts";
import { lockUser, setPasswordHash, type User } from "./users.ts";

export const LINK_DAYS = 2;
const ONE_MAIL_IN = 5 * MINUTE;

export const newPassword = z.object({ token: z.string(), password: z.string() });
export const forgottenPassword = z.object({ email: emailAddress });

/**
 * Has a link to set a password mailed to the address, if someone has an account with it. Whether someone does makes no
 * difference here. One mail at most leaves in each five minutes of the clock (from 9:00, from 9:05), so two requests may
 * lead to two mails where such a boundary lies between them.
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

/**
 * A link to set a password: works once, for `ttl` milliseconds, as long as the user has this address. Unless told
 * otherwise it is for the terminal of whoever made the account.
 */
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
 * Sets the password of a link's user, and ends all their sessions and other such links, all of it or nothing. Where the
 * link came by mail, the address is theirs. Throws `invalid` on `token` or `password`.
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
    await setPasswordHash(ctx, tx, user.id, passwordHash);
    if (grant.details.channel === "mail") await markVerified(ctx, tx, user);
    await endOneTimeTokens(ctx, tx, user.id, "set_password");
    await endAllSessionsIn(ctx, tx, user.id);
  });
  ctx.services.signIns.forgetUser(user.id);
}

function expired() {
  return invalid({ token: "This link has been used or has expired. Ask for a new one." });
}
