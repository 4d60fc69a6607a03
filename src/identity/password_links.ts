import { z } from "zod";
import { eq } from "drizzle-orm";
import { users } from "../../db/control/schema.ts";
import type { SystemContext } from "../context.ts";
import { invalid } from "../errors.ts";
import { DAY } from "../platform/clock.ts";
import { issueOneTimeToken, peekOneTimeToken, redeemOneTimeToken } from "./one_time_tokens.ts";
import { checkNewPassword, hashPassword } from "./passwords.ts";
import { endAllSessions } from "./sessions.ts";
import { setPasswordHash, type User } from "./users.ts";

const LINK_TTL = 2 * DAY;

export const newPassword = z.object({ token: z.string(), password: z.string() });

/** A link to set a password: works once, for two days. */
export async function createPasswordLink(ctx: SystemContext, user: User): Promise<string> {
  const grant = { userId: user.id, tenantId: null, details: {} };
  const token = await issueOneTimeToken(ctx, "set_password", grant, LINK_TTL);
  return `${ctx.services.config.appUrl.origin}/reset-password?token=${token}`;
}

/** Whether the link of this token still works. */
export async function isPasswordLinkOpen(ctx: SystemContext, token: string): Promise<boolean> {
  return await peekOneTimeToken(ctx, "set_password", token) !== null;
}

/** Sets the password of a link's user, and ends all their sessions. Throws `invalid` on `token` or `password`. */
export async function setPasswordByLink(
  ctx: SystemContext,
  input: z.output<typeof newPassword>,
): Promise<void> {
  const grant = await peekOneTimeToken(ctx, "set_password", input.token);
  if (!grant) throw expired();
  checkNewPassword(input.password, await emailOf(ctx, grant.userId));
  const passwordHash = await hashPassword(input.password);
  if (!await redeemOneTimeToken(ctx, "set_password", input.token)) throw expired();
  await setPasswordHash(ctx, grant.userId, passwordHash);
  await endAllSessions(ctx, grant.userId);
}

async function emailOf(ctx: SystemContext, userId: string): Promise<string> {
  const [user] = await ctx.control.select({ email: users.email }).from(users).where(eq(users.id, userId));
  return user!.email;
}

function expired() {
  return invalid({ token: "This link has been used or has expired. Ask for a new one." });
}
