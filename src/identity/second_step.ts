import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import type { AuthenticationMethod } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { badRequest, DomainError, unauthenticated } from "../errors.ts";
import { logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import {
  attemptChallenge,
  type Challenge,
  emailChallenge,
  endChallenge,
  findChallenge,
  startChallenge,
  textChallenge,
} from "./challenges.ts";
import type { Device } from "./credentials.ts";
import { proveCode, withinCodeLimit } from "./factor_codes.ts";
import { findPhones, type Phone } from "./factor_texts.ts";
import { CODE_KINDS, type CodeKind, type FactorWays, findFactorWays, hasFactors } from "./factors.ts";
import { type NewSession, type StartedSession, startSession } from "./sessions.ts";
import { recordAttempt, recordingLimit } from "./sign_in_attempts.ts";
import { withUnchangedPassword, wrongCredentials } from "./sign_in.ts";
import { isTrusted, type Trust, trustBrowser } from "./trusted_browsers.ts";
import { getUserById, lockUser, type User } from "./users.ts";

const CODE_WRONG = problem(
  "second_factor_code_wrong",
  "This code is wrong or was used before. Try another one.",
);
const STEP_ENDED = problem(
  "second_step_ended",
  "Sign in again. You took too long or entered too many codes.",
);
const NO_EMAILED_CODE = problem("no_emailed_code", "Codes by email aren't set up for this account.");

const NO_TEXTED_CODE = problem(
  "no_texted_code",
  "Codes by text message aren't set up for this account.",
);

const MAX_CODE_INPUT_LENGTH = 40;

const log = logOf("security");

/** `factor` is the only kind of code that counts. Without it, any kind does. */
export const secondStep = z.object({
  code: z.string().max(MAX_CODE_INPUT_LENGTH),
  factor: z.enum(CODE_KINDS).optional(),
});
type SecondStepInput = z.output<typeof secondStep>;

/** A sign-in that waits for a second factor. `token` is the client's secret. Programs can't use a passkey. */
export type StartedSecondStep = { token: string; expiresAt: Date; kinds: CodeKind[] };

type Wanted =
  & Pick<Challenge, "purpose">
  & Partial<Pick<Challenge, "firstMethod" | "tenantId" | "remember" | "next">>;

/**
 * Starts the second step of a sign-in. Null if the user has no second factor, or trusts the browser with the token `trust`. Emails
 * or texts a code if the user has no app to take one from, and no passkey in a browser.
 */
export async function startSecondStep(
  ctx: SystemContext,
  tx: ControlTx,
  user: User,
  { trust = "", ...wanted }: Wanted & { trust?: string },
): Promise<StartedSecondStep | null> {
  if (!await hasFactors(tx, user.id) || await isTrusted(ctx, tx, user, trust)) return null;
  const { token, challenge } = await startChallenge(ctx, tx, { ...wanted, userId: user.id });
  const { kinds, hasPasskey } = await waysFor(ctx, tx, challenge);
  const canUsePasskey = hasPasskey && wanted.purpose === "browser_sign_in";
  if (kinds[0] === "email" && !canUsePasskey) await emailChallenge(ctx, tx, challenge);
  if (kinds[0] === "sms" && !canUsePasskey) await textUnasked(ctx, tx, challenge);
  return { token, expiresAt: challenge.expiresAt, kinds };
}

/** Texts a code, unless the network or the person asked for too many: other codes still count, and the page has a button. */
async function textUnasked(ctx: SystemContext, tx: ControlTx, challenge: Challenge): Promise<void> {
  try {
    await textChallenge(ctx, tx, challenge);
  } catch (error) {
    if (!(error instanceof DomainError && error.kind === "rate_limited")) throw error;
  }
}

/** `trust` is the browser's token, if its user trusts it. `next` is the path to open after the second step. */
type BrowserSignIn = Pick<NewSession, "tenantId" | "remember" | "device"> & {
  trust: string;
  next: string | null;
};

/** A browser that is signed in, or that has to enter a code first. */
export type CheckedSignIn =
  | { next: "signed_in"; session: StartedSession }
  | { next: "second_step"; step: StartedSecondStep };

/**
 * Signs a browser in whose user's password was checked, or starts the second step. Throws `unauthenticated` if the password has
 * changed since.
 */
export async function signInChecked(
  ctx: SystemContext,
  user: User,
  wanted: BrowserSignIn,
): Promise<CheckedSignIn> {
  const checked = await withUnchangedPassword(
    ctx,
    user,
    (tx, { hasFactors }) => signInProven(ctx, tx, user, "password", wanted, hasFactors),
  );
  if (!checked) throw wrongCredentials();
  return checked;
}

/**
 * Signs a browser in whose user proved `firstMethod`, or starts the second step. Call it in a transaction that locks the user.
 * `mayHaveFactors` is false if the caller knows that the user has no second factor.
 */
export async function signInProven(
  ctx: SystemContext,
  tx: ControlTx,
  user: User,
  firstMethod: Challenge["firstMethod"],
  { trust, next, ...wanted }: BrowserSignIn,
  mayHaveFactors = true,
): Promise<CheckedSignIn> {
  const { tenantId, remember } = wanted;
  const asked = { purpose: "browser_sign_in", firstMethod, tenantId, remember, next, trust } as const;
  const step = mayHaveFactors ? await startSecondStep(ctx, tx, user, asked) : null;
  if (step) return { next: "second_step", step };
  const proven = { userId: user.id, methods: [firstMethod], isTrusted: true } as const;
  return { next: "signed_in", session: await startSession(ctx, tx, { ...wanted, ...proven }) };
}

/** A second step as its page shows it. */
export type OpenSecondStep = FactorWays & {
  isEmailed: boolean;
  isTexted: boolean;
  /** The phones that can get a code, the one that was used last first. */
  phones: Phone[];
  next: string | null;
  remember: boolean;
  canTrust: boolean;
  /** After an emailed link, for people with nothing but codes by email: how to sign in after all. Null for everyone else. */
  withoutEmail: { address: string; hasPassword: boolean } | null;
};

/** The second step of a browser. Null if it has ended, or belongs to another host. */
export async function findSecondStep(
  ctx: SystemContext,
  token: string,
  tenantId: string | null,
): Promise<OpenSecondStep | null> {
  const challenge = await findChallenge(ctx, "browser_sign_in", token);
  if (!challenge || challenge.tenantId !== tenantId) return null;
  const { isPlatformAdmin, email, passwordHash } = await getUserById(ctx.control, challenge.userId);
  const all = await findFactorWays(ctx, ctx.control, challenge.userId);
  const kinds = countingKinds(all.kinds, challenge);
  const { emailedAt, textedTo, next, remember } = challenge;
  const isLost = kinds.length < all.kinds.length && !all.hasPasskey &&
    kinds.every((kind) => kind === "recovery");
  return {
    kinds,
    hasPasskey: all.hasPasskey,
    isEmailed: emailedAt !== null,
    isTexted: textedTo !== null,
    phones: kinds.includes("sms") ? await findPhones(ctx.control, challenge.userId) : [],
    next,
    remember,
    canTrust: !isPlatformAdmin,
    withoutEmail: isLost ? { address: email, hasPassword: passwordHash !== null } : null,
  };
}

/** Emails a code for a second step. Throws `unauthenticated` if it has ended, or `bad_request` if no code by email is set up. */
export async function emailSecondStep(
  ctx: SystemContext,
  purpose: "browser_sign_in" | "api_sign_in",
  token: string,
): Promise<void> {
  const challenge = await findChallenge(ctx, purpose, token);
  if (!challenge) throw ended();
  if (!(await waysFor(ctx, ctx.control, challenge)).kinds.includes("email")) {
    throw badRequest(NO_EMAILED_CODE);
  }
  await ctx.tx((tx) => emailChallenge(ctx, tx, challenge));
}

/**
 * Texts a code for a second step, to the phone with this id, or else to the one that was used last. Throws `unauthenticated` if it has ended, `bad_request`
 * without a phone, or `rate_limited`.
 */
export async function textSecondStep(
  ctx: SystemContext,
  purpose: "browser_sign_in" | "api_sign_in",
  token: string,
  phoneId?: string,
): Promise<void> {
  const challenge = await findChallenge(ctx, purpose, token);
  if (!challenge) throw ended();
  if (!(await waysFor(ctx, ctx.control, challenge)).kinds.includes("sms")) throw badRequest(NO_TEXTED_CODE);
  await ctx.tx((tx) => textChallenge(ctx, tx, challenge, phoneId));
}

export type FinishedSecondStep = {
  user: User;
  session: StartedSession;
  trust: Trust | null;
  next: string | null;
};

/** Signs a browser in with the code of a second factor. Throws `unauthenticated`, or `rate_limited` after many codes. */
export async function finishSecondStep(
  ctx: SystemContext,
  token: string,
  input: SecondStepInput,
  { tenantId, trusts, device }: { tenantId: string | null; trusts: boolean; device: Device },
): Promise<FinishedSecondStep> {
  return await redeemSecondStep(ctx, "browser_sign_in", token, input, async (tx, challenge, methods) => {
    if (challenge.tenantId !== tenantId) throw ended();
    const user = await getUserById(tx, challenge.userId);
    const { remember, next } = challenge;
    const wanted = { userId: user.id, tenantId: challenge.tenantId, methods, remember, device };
    const session = await startSession(ctx, tx, wanted);
    return { user, session, trust: trusts ? await trustBrowser(ctx, tx, user) : null, next };
  });
}

/**
 * Checks the code of a second step, ends the step, and does `work` in the same transaction. Throws `unauthenticated` if the code is
 * wrong or the step has ended, or `rate_limited`.
 */
export async function redeemSecondStep<T>(
  ctx: SystemContext,
  purpose: "browser_sign_in" | "api_sign_in",
  token: string,
  { code, factor: kind }: SecondStepInput,
  work: (tx: ControlTx, challenge: Challenge, methods: AuthenticationMethod[]) => Promise<T>,
): Promise<T> {
  const challenge = await attemptChallenge(ctx, purpose, token);
  if (!challenge) throw ended();
  const { id, userId, firstMethod } = challenge;
  const done = await recordingLimit(
    ctx,
    userId,
    [firstMethod],
    () =>
      withinCodeLimit(ctx, userId, () =>
        ctx.tx(async (tx) => {
          await lockUser(tx, userId);
          const emailedFor = challenge.emailedAt && firstMethod !== "email" ? id : null;
          const texted = challenge.textedTo && { codeFor: id, phoneId: challenge.textedTo };
          const method = await proveCode(ctx, tx, userId, { code, emailedFor, texted: texted || null, kind });
          if (!method) return null;
          if (!await endChallenge(tx, challenge)) throw ended();
          return { result: await work(tx, challenge, [firstMethod, method]) };
        })),
  );
  log[done ? "info" : "warn"](done ? "second factor accepted" : "second factor refused", {
    userId,
    requestId: ctx.requestId,
  });
  if (done) return done.result;
  recordAttempt(ctx, { userId, methods: [firstMethod], outcome: "wrong_code" });
  throw unauthenticated(CODE_WRONG);
}

/** The passkeys and codes that count. */
async function waysFor(
  ctx: SystemContext,
  db: Parameters<typeof findFactorWays>[1],
  challenge: Challenge,
): Promise<FactorWays> {
  const { kinds, hasPasskey } = await findFactorWays(ctx, db, challenge.userId);
  return { kinds: countingKinds(kinds, challenge), hasPasskey };
}

/** After an emailed link, no emailed code counts. */
function countingKinds(kinds: CodeKind[], { firstMethod }: Challenge): CodeKind[] {
  return firstMethod === "email" ? kinds.filter((kind) => kind !== "email") : kinds;
}

function ended() {
  return unauthenticated(STEP_ENDED);
}
