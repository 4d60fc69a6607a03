import { and, eq, gt, lt, sql } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { pendingSignUps } from "../../db/control/schema/identity.ts";
import type { SystemContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { invalid } from "../errors.ts";
import { after, MINUTE } from "../platform/clock.ts";
import { isSameSecret, newToken, sha256 } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { requireAllowed, take } from "../rate_limits/limiter.ts";
import { SIGN_UP_CODE } from "./emails.ts";
import { CODES_ADDRESS, enforceForAddress, LINKS_ADDRESS, SIGN_UP_EMAIL } from "./sign_in_limits.ts";
import { CODE_MINUTES, codeOf, type PendingSignUp } from "./sign_up_codes.ts";

const CODE_USED_UP = problem(
  "sign_up_code_used_up",
  "This code no longer works. Start over to get another one.",
);
const CODE_WRONG = problem("sign_up_code_wrong", "This code is wrong. Check the email and try again.");
const CODE_EXPIRED = problem("sign_up_code_expired", "This code has expired. Start over to get another one.");

const MAX_ATTEMPTS = 5;

type SignUpRequest = { email: string; name: string; companyName: string; subdomain: string };

/** `token` is the browser's secret. The code works only together with the token. */
export type StartedSignUp = { token: string; expiresAt: Date };

/**
 * Stores a sign-up for 15 minutes and emails a code to its address. After five sign-ups in an hour, an address gets no
 * email and no code works, but the result looks the same. Otherwise anyone could guess unlimited codes.
 */
export async function startPendingSignUp(
  ctx: SystemContext,
  { email, name, companyName, subdomain }: SignUpRequest,
  passwordHash: string,
): Promise<StartedSignUp> {
  const now = ctx.services.clock.now();
  const id = newId();
  const token = newToken();
  const expiresAt = after(now, CODE_MINUTES * MINUTE);
  const taken = await take(ctx, SIGN_UP_EMAIL, email);
  if (taken.isDown) requireAllowed(ctx, taken);
  const isOverLimit = !taken.allowed;
  await ctx.tx(async (tx) => {
    await tx.insert(pendingSignUps).values({
      id,
      tokenHash: sha256(token),
      email,
      name,
      companyName,
      subdomain,
      passwordHash,
      attempts: isOverLimit ? MAX_ATTEMPTS : 0,
      createdAt: now,
      expiresAt,
    });
    if (!isOverLimit) await sendCode(ctx, tx, id);
  });
  return { token, expiresAt };
}

/** The pending sign-up of the browser with this token. Null if there is none or it has expired. */
export async function findPendingSignUp(ctx: SystemContext, token: string): Promise<PendingSignUp | null> {
  const [row] = await ctx.control.select().from(pendingSignUps).where(openWith(ctx, token));
  return row ?? null;
}

/** Emails the code again. Throws `rate_limited`. */
export async function resendCode(ctx: SystemContext, token: string): Promise<void> {
  await enforceForAddress(ctx, LINKS_ADDRESS);
  const pending = await findPendingSignUp(ctx, token);
  if (pending && pending.attempts < MAX_ATTEMPTS) await ctx.tx((tx) => sendCode(ctx, tx, pending.id));
}

/**
 * Checks the code that was entered in the browser that started the sign-up, and returns the sign-up. Allows five attempts. Throws
 * `invalid` on `code`, or on `token` if no sign-up is pending any longer, and `rate_limited`.
 */
export async function checkCode(ctx: SystemContext, token: string, code: string): Promise<PendingSignUp> {
  const taken = await enforceForAddress(ctx, CODES_ADDRESS);
  const isOpen = and(openWith(ctx, token), lt(pendingSignUps.attempts, MAX_ATTEMPTS));
  const attempts = sql`${pendingSignUps.attempts} + 1`;
  const [attempted] = await ctx.control.update(pendingSignUps).set({ attempts }).where(isOpen).returning();
  if (!attempted) {
    throw await findPendingSignUp(ctx, token) ? invalid({ code: CODE_USED_UP }) : nonePending();
  }
  if (!isSameSecret(code.replaceAll(/\s/g, ""), codeOf(ctx, attempted))) {
    throw invalid({ code: CODE_WRONG });
  }
  await taken?.giveBack();
  await ctx.control.update(pendingSignUps).set({ attempts: 0 }).where(eq(pendingSignUps.id, attempted.id));
  return attempted;
}

/** Ends the sign-up in the transaction that creates its account. Throws `invalid` if another request has ended it already. */
export async function finishPendingSignUp(tx: ControlTx, { id }: PendingSignUp): Promise<void> {
  const [deleted] = await tx.delete(pendingSignUps).where(eq(pendingSignUps.id, id)).returning();
  if (!deleted) throw nonePending();
}

async function sendCode(ctx: SystemContext, tx: ControlTx, id: string): Promise<void> {
  await sendEmail(ctx, tx, SIGN_UP_CODE, { pendingSignUpId: id });
}

function openWith({ services }: SystemContext, token: string) {
  return and(
    eq(pendingSignUps.tokenHash, sha256(token)),
    gt(pendingSignUps.expiresAt, services.clock.now()),
  );
}

function nonePending() {
  return invalid({ token: CODE_EXPIRED });
}
