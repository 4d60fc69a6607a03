import type { ControlTx } from "../../db/connection/with_tenant.ts";
import type { SystemContext } from "../context.ts";
import { badRequest, DomainError, unauthenticated } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import {
  type Challenge,
  emailChallenge,
  findChallenge,
  startChallenge,
  textChallenge,
} from "./challenges.ts";
import { findPhones, type Phone } from "./factor_texts.ts";
import {
  type CodeKind,
  type FactorWays,
  findFactorWays,
  findProvable,
  type Provable,
  waysOf,
} from "./factors.ts";
import { type NewSession, type StartedSession, startSession } from "./sessions.ts";
import { withUnchangedPassword, wrongCredentials } from "./sign_in.ts";
import { isTrusted } from "./trusted_browsers.ts";
import { getUserById, type User } from "./users.ts";

const STEP_ENDED = problem(
  "second_step_ended",
  "Sign in again. You took too long or entered too many codes.",
);
const NO_EMAILED_CODE = problem("no_emailed_code", "Codes by email aren't set up for this account.");

const NO_TEXTED_CODE = problem(
  "no_texted_code",
  "Codes by text message aren't set up for this account.",
);

/** A sign-in that waits for a second factor. `token` is the client's secret. Programs can't use a passkey. */
export type StartedSecondStep = { token: string; expiresAt: Date; kinds: CodeKind[] };

type Wanted =
  & Pick<Challenge, "purpose">
  & Partial<Pick<Challenge, "firstMethod" | "tenantId" | "remember" | "next">>
  /** `trust` is the browser's token. `provable` saves a query if the caller knows it. */
  & { trust?: string; provable?: Provable };

/**
 * Starts the second step of a sign-in. Null if the user has no second factor, or trusts the browser with the token `trust`. Emails
 * or texts a code if the user has no app to take one from, and no passkey in a browser.
 */
export async function startSecondStep(
  ctx: SystemContext,
  tx: ControlTx,
  user: User,
  { trust = "", provable, ...wanted }: Wanted,
): Promise<StartedSecondStep | null> {
  const known = provable ?? await findProvable(tx, user.id);
  if (known.length === 0 || await isTrusted(ctx, tx, user, trust)) return null;
  const { token, challenge } = await startChallenge(ctx, tx, { ...wanted, userId: user.id });
  const { kinds: all, hasPasskey } = waysOf(ctx, known);
  const kinds = countingKinds(all, challenge);
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
    (tx, { provable }) => signInProven(ctx, tx, user, "password", wanted, provable),
  );
  if (!checked) throw wrongCredentials();
  return checked;
}

/**
 * Signs a browser in whose user proved `firstMethod`, or starts the second step. Call it in a transaction that locks the user.
 * `provable` saves a query if the caller knows it.
 */
export async function signInProven(
  ctx: SystemContext,
  tx: ControlTx,
  user: User,
  firstMethod: Challenge["firstMethod"],
  { trust, next, ...wanted }: BrowserSignIn,
  provable?: Provable,
): Promise<CheckedSignIn> {
  const { tenantId, remember } = wanted;
  const asked = {
    purpose: "browser_sign_in",
    firstMethod,
    tenantId,
    remember,
    next,
    trust,
    provable,
  } as const;
  const step = await startSecondStep(ctx, tx, user, asked);
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
  if (!challenge) throw secondStepEnded();
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
  if (!challenge) throw secondStepEnded();
  if (!(await waysFor(ctx, ctx.control, challenge)).kinds.includes("sms")) throw badRequest(NO_TEXTED_CODE);
  await ctx.tx((tx) => textChallenge(ctx, tx, challenge, phoneId));
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

/** The error of a second step that is over. */
export function secondStepEnded() {
  return unauthenticated(STEP_ENDED);
}
