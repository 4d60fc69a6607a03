import { z } from "zod";
import type { SystemContext } from "../context.ts";
import { unauthenticated } from "../errors.ts";
import { logOf } from "../platform/log.ts";
import { hashPassword, MAX_PASSWORD_LENGTH, verifyPassword } from "./passwords.ts";
import { findUserByEmail, setPasswordHash, type User } from "./users.ts";

const MAX_EMAIL_LENGTH = 254;

const log = logOf("security");

/** What someone types to sign in. Nothing is said of its form: a wrong form is a wrong sign-in. */
export const credentials = z.object({
  email: z.string().trim().toLowerCase().max(MAX_EMAIL_LENGTH),
  password: z.string().max(MAX_PASSWORD_LENGTH * 4),
});
export type Credentials = z.output<typeof credentials>;

/**
 * The user of these credentials. Throws `unauthenticated`, the same and at the same price for an unknown address and a
 * wrong password. A hash that was made with older parameters is replaced.
 */
export async function authenticate(ctx: SystemContext, { email, password }: Credentials): Promise<User> {
  const user = await findUserByEmail(ctx.control, email);
  const { matches, outdated } = await verifyPassword(password, user?.passwordHash ?? null);
  if (!user || !matches) {
    log.warn("sign-in refused", { userId: user?.id, requestId: ctx.requestId });
    throw unauthenticated("The email address or the password is wrong.");
  }
  if (outdated) await setPasswordHash(ctx, user.id, await hashPassword(password));
  log.info("signed in", { userId: user.id, requestId: ctx.requestId });
  return user;
}
