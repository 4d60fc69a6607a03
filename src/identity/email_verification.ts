import { and, eq, isNull } from "drizzle-orm";
import { users } from "../../db/control/schema.ts";
import type { ControlTx } from "../../db/with_tenant.ts";
import type { SystemContext } from "../context.ts";
import { invalid } from "../errors.ts";
import { enqueue, keyOncePer } from "../jobs/outbox.ts";
import { HOUR, MINUTE } from "../platform/clock.ts";
import { findUserOfToken, issueAddressToken } from "./address_tokens.ts";
import { redeemOneTimeToken } from "./one_time_tokens.ts";
import type { User } from "./users.ts";

export const VERIFICATION_HOURS = 24;
const ONE_MAIL_IN = 5 * MINUTE;

/** Has the mail sent again that asks a user to confirm their address. */
export async function requestVerification(ctx: SystemContext, userId: string): Promise<void> {
  await ctx.tx((tx) => mailVerification(ctx, tx, userId, "request"));
}

/** Has a user asked to confirm their address; by each occasion one mail at most in each five minutes of the clock. */
export async function mailVerification(
  ctx: SystemContext,
  tx: ControlTx,
  userId: string,
  occasion: "sign-up" | "request",
): Promise<void> {
  await enqueue(ctx, tx, {
    name: "email.send",
    payload: { message: "verify_address", userId },
    key: keyOncePer(ONE_MAIL_IN, `verify_address ${occasion} ${userId}`, ctx),
  });
}

/** A link that confirms a user's address: works once, for 24 hours, as long as the user has this address. */
export async function createVerificationLink(
  ctx: SystemContext,
  user: Pick<User, "id" | "email">,
): Promise<string> {
  const lasting = { ttl: VERIFICATION_HOURS * HOUR, channel: "mail" } as const;
  const token = await issueAddressToken(ctx, "verify_email", user, lasting);
  return `${ctx.services.config.appUrl.origin}/verify-email?token=${token}`;
}

/** The address that the link of this token confirms, or null when it doesn't work any more. */
export async function addressOfVerificationLink(ctx: SystemContext, token: string): Promise<string | null> {
  return (await findUserOfToken(ctx, "verify_email", token))?.email ?? null;
}

/** Confirms the address of a link's user. Throws `invalid` on `token`. */
export async function verifyEmail(ctx: SystemContext, token: string): Promise<void> {
  const user = await findUserOfToken(ctx, "verify_email", token);
  if (!user) throw expired();
  await ctx.tx(async (tx) => {
    if (!await redeemOneTimeToken(ctx, tx, "verify_email", token)) throw expired();
    await markVerified(ctx, tx, user);
  });
  ctx.services.signIns.forgetUser(user.id);
}

/** Writes down that mail to the user's address reaches them. */
export async function markVerified(ctx: SystemContext, tx: ControlTx, { id, email }: User): Promise<void> {
  const now = ctx.services.clock.now();
  await tx.update(users).set({ emailVerifiedAt: now, updatedAt: now })
    .where(and(eq(users.id, id), eq(users.email, email), isNull(users.emailVerifiedAt)));
}

function expired() {
  return invalid({ token: "This link has been used or has expired." });
}
