import { and, eq, isNull } from "drizzle-orm";
import { users } from "../../db/control/schema.ts";
import type { SystemContext } from "../context.ts";
import { invalid } from "../errors.ts";
import { enqueue, keyOncePer } from "../jobs/outbox.ts";
import { HOUR, MINUTE } from "../platform/clock.ts";
import { findUserOfToken, issueAddressToken } from "./address_tokens.ts";
import { redeemOneTimeToken } from "./one_time_tokens.ts";
import { forgetSessions } from "./sessions.ts";
import type { User } from "./users.ts";

export const VERIFICATION_HOURS = 24;
const ONE_MAIL_IN = 5 * MINUTE;

/** Has the mail sent that asks a user to confirm their address; once in five minutes at most. */
export async function requestVerification(ctx: SystemContext, userId: string): Promise<void> {
  await ctx.tx((tx) =>
    enqueue(ctx, tx, {
      name: "email.send",
      payload: { message: "verify_address", userId },
      key: keyOncePer(ONE_MAIL_IN, `verify_address ${userId}`, ctx),
    })
  );
}

/** A link that confirms a user's address: works once, for 24 hours, as long as the user has this address. */
export async function createVerificationLink(
  ctx: SystemContext,
  user: Pick<User, "id" | "email">,
): Promise<string> {
  const token = await issueAddressToken(ctx, "verify_email", user, VERIFICATION_HOURS * HOUR);
  return `${ctx.services.config.appUrl.origin}/verify-email?token=${token}`;
}

/** The address that the link of this token confirms, or null when it doesn't work any more. */
export async function addressOfVerificationLink(ctx: SystemContext, token: string): Promise<string | null> {
  return (await findUserOfToken(ctx, "verify_email", token))?.email ?? null;
}

/** Confirms the address of a link's user. Throws `invalid` on `token`. */
export async function verifyEmail(ctx: SystemContext, token: string): Promise<void> {
  const user = await findUserOfToken(ctx, "verify_email", token);
  if (!user || !await redeemOneTimeToken(ctx, "verify_email", token)) {
    throw invalid({ token: "This link has been used or has expired." });
  }
  await markVerified(ctx, user);
}

/** Writes down that mail to the user's address reaches them. */
export async function markVerified(ctx: SystemContext, { id, email }: User): Promise<void> {
  const now = ctx.services.clock.now();
  await ctx.control.update(users).set({ emailVerifiedAt: now, updatedAt: now })
    .where(and(eq(users.id, id), eq(users.email, email), isNull(users.emailVerifiedAt)));
  await forgetSessions(ctx, id);
}
