import { and, eq } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { challenges } from "../../db/control/schema/factors.ts";
import { refreshTokens, sessions } from "../../db/control/schema/identity.ts";
import type { Authentication, AuthenticationMethod, Person, UserId } from "../access/actor.ts";
import { requirePerson } from "../access/authorize.ts";
import type { SystemContext } from "../context.ts";
import { badRequest, invalid, unauthenticated } from "../errors.ts";
import { logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import {
  type Challenge,
  emailChallenge,
  findChallenge,
  openChallenge,
  textChallenge,
  textedFor,
} from "./challenges.ts";
import { proveCode, withinCodeLimit } from "./factor_codes.ts";
import { findPhones, type Phone } from "./factor_texts.ts";
import { type FactorWays, findFactorWays } from "./factors.ts";
import { checkPassword } from "./password_checks.ts";
import { MAX_PASSWORD_LENGTH, PASSWORD_TOO_LONG } from "./passwords.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { lockPassword } from "./sign_in.ts";
import { getUserById, lockUser } from "./users.ts";

const PASSWORD_MISSING = problem("step_up_password_missing", "Enter your password.");
const PASSWORD_WRONG = problem("step_up_password_wrong", "This isn't your password.");
const CODE_MISSING = problem("step_up_code_missing", "Enter a code.");
const CODE_WRONG = problem("step_up_code_wrong", "This code is wrong or was used before. Try another one.");
const NO_CODE_BY_EMAIL = problem("step_up_without_email", "You can't confirm this with a code by email.");

const NO_CODE_BY_TEXT = problem(
  "step_up_without_text",
  "You can't confirm this with a code by text message.",
);

const PHONE_UNKNOWN = problem("step_up_phone_unknown", "Choose one of your phones.");

const MAX_CODE_INPUT_LENGTH = 40;
const MAX_ID_LENGTH = 64;

const log = logOf("security");

export const proof = z.object({
  password: z.string().max(MAX_PASSWORD_LENGTH * 4, PASSWORD_TOO_LONG.code).default(""),
  code: z.string().max(MAX_CODE_INPUT_LENGTH, CODE_WRONG.code).default(""),
});

/** `factorId` is the id of the phone that gets the code. */
export const textedProof = z.object({ factorId: z.string().max(MAX_ID_LENGTH).optional() });

/**
 * How a person proves again who they are: with their strongest second factor, otherwise with the password, and without a password
 * with a code by email. `kinds` is empty if only a passkey counts. `phones` can get a code, the one that was used last first.
 */
export type StepUpWay =
  | { by: "password" }
  | { by: "code"; isEmailed: boolean; isTexted: boolean; phones: Phone[] } & FactorWays;

export async function findStepUpWay(ctx: SystemContext): Promise<StepUpWay> {
  const { id, authentication } = personOf(ctx);
  const { kinds, hasPasskey } = await findFactorWays(ctx, ctx.control, id);
  const challenge = await findStepUp(ctx, authentication);
  const isEmailed = challenge !== null && challenge.emailedAt !== null;
  const isTexted = challenge !== null && challenge.textedTo !== null;
  if (kinds.includes("totp") || hasPasskey) {
    const strongest = kinds.filter((kind) => kind !== "email" && kind !== "sms");
    return { by: "code", kinds: strongest, hasPasskey, isEmailed: false, isTexted: false, phones: [] };
  }
  const phones = kinds.includes("sms") ? await findPhones(ctx.control, id) : [];
  if (kinds.length > 0) return { by: "code", kinds, hasPasskey, isEmailed, isTexted, phones };
  const { passwordHash } = await getUserById(ctx.control, id);
  if (passwordHash) return { by: "password" };
  return { by: "code", kinds: ["email"], hasPasskey: false, isEmailed, isTexted, phones };
}

/** Emails the person a code to prove who they are. Throws `bad_request` if they have to do so in a stronger way. */
export async function emailStepUp(ctx: SystemContext): Promise<void> {
  const way = await findStepUpWay(ctx);
  if (way.by !== "code" || !way.kinds.includes("email")) throw badRequest(NO_CODE_BY_EMAIL);
  await sendStepUpCode(ctx, emailChallenge);
}

/**
 * Texts the person a code to prove who they are, to the phone with the id `factorId`, or else to the one that they used last. Throws
 * `bad_request` if they have to do so in a stronger way or have no such phone, or `rate_limited`.
 */
export async function textStepUp(
  ctx: SystemContext,
  { factorId }: z.output<typeof textedProof> = {},
): Promise<void> {
  const way = await findStepUpWay(ctx);
  if (way.by !== "code" || !way.kinds.includes("sms")) throw badRequest(NO_CODE_BY_TEXT);
  if (factorId !== undefined && !way.phones.some(({ id }) => id === factorId)) {
    throw badRequest(PHONE_UNKNOWN);
  }
  await sendStepUpCode(ctx, (ctx, tx, challenge) => textChallenge(ctx, tx, challenge, factorId));
}

async function sendStepUpCode(ctx: SystemContext, send: typeof emailChallenge): Promise<void> {
  const { id: userId, authentication } = personOf(ctx);
  await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    const wanted = { purpose: "step_up", userId } as const;
    await send(ctx, tx, await openChallenge(ctx, tx, wanted, tokenFor(authentication)));
  });
}

/**
 * Proves again who the person is, for ten minutes on every host of their sign-in. Throws `invalid` on `password` or `code`, or
 * `rate_limited`.
 */
export async function reauthenticate(
  ctx: SystemContext,
  { password, code }: z.output<typeof proof>,
): Promise<void> {
  const { id: userId, authentication } = personOf(ctx);
  const way = await findStepUpWay(ctx);
  if (way.by === "password" ? password === "" : code === "") throw missing(way);
  const isProved = await withinCodeLimit(ctx, userId, async () => {
    const proved = way.by === "password"
      ? await proveByPassword(ctx, userId, authentication, password)
      : await proveByCode(ctx, userId, authentication, way, code);
    return proved || null;
  });
  if (!isProved) throw refused(ctx, userId, way);
  ctx.services.use(SIGN_INS).forgetUser(userId);
  log.info("identity confirmed", { userId, requestId: ctx.requestId });
}

/** Records what a person proved just now, on all sessions and tokens of the sign-in. Call `forgetUser` after the commit. */
export async function recordProof(
  { services }: SystemContext,
  tx: ControlTx,
  userId: UserId,
  { signInId, methods }: Authentication,
  proved: AuthenticationMethod,
): Promise<void> {
  const proof = { authenticatedAt: services.clock.now(), methods: [...new Set([...methods, proved])] };
  await tx.update(sessions).set(proof)
    .where(and(eq(sessions.userId, userId), eq(sessions.signInId, signInId)));
  await tx.update(refreshTokens).set(proof)
    .where(and(eq(refreshTokens.userId, userId), eq(refreshTokens.familyId, signInId)));
}

async function proveByPassword(
  ctx: SystemContext,
  userId: UserId,
  authentication: Authentication,
  password: string,
): Promise<boolean> {
  const user = await getUserById(ctx.control, userId);
  const { matches } = await checkPassword(ctx, { email: user.email, user }, password);
  return matches && await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    if (!await lockPassword(tx, user)) return false;
    await recordProof(ctx, tx, userId, authentication, "password");
    return true;
  });
}

async function proveByCode(
  ctx: SystemContext,
  userId: UserId,
  authentication: Authentication,
  { kinds }: Extract<StepUpWay, { by: "code" }>,
  code: string,
): Promise<boolean> {
  const isSent = kinds.includes("email") || kinds.includes("sms");
  const sent = isSent ? await findStepUp(ctx, authentication) : null;
  return await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    const method = await proveCode(ctx, tx, userId, {
      code,
      emailedFor: sent?.emailedAt ? sent.id : null,
      texted: textedFor(sent),
    });
    if (!method) return false;
    if (method === "email" || method === "sms") {
      await tx.delete(challenges).where(eq(challenges.id, sent!.id));
    }
    await recordProof(ctx, tx, userId, authentication, method);
    return true;
  });
}

function findStepUp(
  ctx: SystemContext,
  authentication: Authentication,
  tx?: ControlTx,
): Promise<Challenge | null> {
  return findChallenge(ctx, "step_up", tokenFor(authentication), tx);
}

/** Only code that knows the sign-in computes it. No client has it. */
function tokenFor({ signInId }: Authentication): string {
  return `step-up of ${signInId}`;
}

function personOf({ actor }: SystemContext): Person & { authentication: Authentication } {
  requirePerson(actor);
  if (actor.type === "visitor" || actor.type === "system" || !actor.authentication) throw unauthenticated();
  return { ...actor, authentication: actor.authentication };
}

function missing({ by }: StepUpWay) {
  return invalid(by === "password" ? { password: PASSWORD_MISSING } : { code: CODE_MISSING });
}

function refused(ctx: SystemContext, userId: UserId, { by }: StepUpWay) {
  log.warn("identity not confirmed", { userId, requestId: ctx.requestId });
  return invalid(by === "password" ? { password: PASSWORD_WRONG } : { code: CODE_WRONG });
}
