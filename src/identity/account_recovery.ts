import { z } from "zod";
import type { UserId } from "../access/actor.ts";
import { authorize } from "../access/authorize.ts";
import type { SystemContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { conflict, forbidden } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import { isVisible, multiLine } from "../platform/text.ts";
import { sendVerification } from "./email_verification.ts";
import { RESET_PASSWORD } from "./emails.ts";
import { FACTOR_REMOVED } from "./factor_emails.ts";
import { USER_CONFIRMATION_SENT, USER_FACTORS_DISABLED, USER_PASSWORD_LINK_SENT } from "./events.ts";
import { deleteFactors, findFactors } from "./factors.ts";
import { USERS_MANAGE } from "./permissions.ts";
import { requireRecentSignIn } from "./recent_sign_in.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { endTrust } from "./trusted_browsers.ts";
import { getUserById, lockUser } from "./users.ts";

/** What platform staff do for people who can't get into their account. Every action is in the platform's audit log. */

const REASON_MISSING = problem(
  "recovery_reason_missing",
  "Enter how you checked who is asking. The audit log keeps it.",
);
const STAFF_FACTORS = problem(
  "staff_factors",
  "Second factors of platform staff can only be disabled on the server, with users disable-mfa.",
);
const EMAIL_CONFIRMED = problem("email_already_confirmed", "This email address is already confirmed.");

const MAX_REASON_LENGTH = 500;

const log = logOf("security");

export const factorsDisabling = z.object({
  reason: multiLine(MAX_REASON_LENGTH).refine(isVisible, REASON_MISSING.code),
});

/**
 * Removes all second factors of a person who lost them, and the trust in their browsers. `reason` says how it was made sure who asks.
 * Emails the person. Returns how many factors there were. Throws `reauthentication_required`, or `forbidden` for the factors of platform
 * staff: otherwise one stolen staff account could take over the others. The operator's CLI may remove them.
 */
export async function disableFactors(
  ctx: SystemContext,
  userId: UserId,
  { reason }: z.output<typeof factorsDisabling>,
): Promise<number> {
  authorize(ctx, USERS_MANAGE);
  await requireRecentSignIn(ctx);
  const removed = await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    const { id, name, isPlatformAdmin } = await getUserById(tx, userId);
    if (isPlatformAdmin && ctx.actor.type !== "system") throw forbidden(STAFF_FACTORS);
    const known = await findFactors(tx, userId);
    await deleteFactors(tx, userId);
    await endTrust(tx, userId);
    for (const { type, name } of known) {
      await sendEmail(ctx, tx, FACTOR_REMOVED, { userId, type, name, ipAddress: null, userAgent: "" });
    }
    const factors = known.map(({ type }) => type);
    if (factors.length > 0) {
      await publish(ctx, tx, USER_FACTORS_DISABLED, { after: { id, name }, details: { reason, factors } });
    }
    return factors.length;
  });
  ctx.services.use(SIGN_INS).forgetUser(userId);
  log.info("second factors disabled", { userId, requestId: ctx.requestId });
  return removed;
}

/** Emails a person a link to set a new password. The present one works until then. Throws `reauthentication_required`. */
export async function sendPasswordLink(ctx: SystemContext, userId: UserId): Promise<void> {
  authorize(ctx, USERS_MANAGE);
  await requireRecentSignIn(ctx);
  await ctx.tx(async (tx) => {
    const { id, name, email } = await getUserById(tx, userId);
    await sendEmail(ctx, tx, RESET_PASSWORD, { address: email, ipAddress: null, userAgent: "" });
    await publish(ctx, tx, USER_PASSWORD_LINK_SENT, { after: { id, name }, details: {} });
  });
}

/**
 * Emails a person the link to confirm their address again. Throws `reauthentication_required`, or `conflict` if the address is
 * confirmed.
 */
export async function resendConfirmation(ctx: SystemContext, userId: UserId): Promise<void> {
  authorize(ctx, USERS_MANAGE);
  await requireRecentSignIn(ctx);
  await ctx.tx(async (tx) => {
    const { id, name, emailVerifiedAt } = await getUserById(tx, userId);
    if (emailVerifiedAt) throw conflict(EMAIL_CONFIRMED);
    await sendVerification(ctx, tx, userId);
    await publish(ctx, tx, USER_CONFIRMATION_SENT, { after: { id, name }, details: {} });
  });
}
