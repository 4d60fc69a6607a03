import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { factors } from "../../db/control/schema/factors.ts";
import type { UserId } from "../access/actor.ts";
import { authorizeSelf } from "../access/authorize.ts";
import { requireConfirmedEmail } from "../access/confirmed_email.ts";
import type { SystemContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { conflict, invalid } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { isId, newId } from "../platform/ids.ts";
import { logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import { singleLine } from "../platform/text.ts";
import { sendsTexts } from "../text_messages/deliver.ts";
import type { Device } from "./credentials.ts";
import { USER_FACTOR_ADDED, USER_FACTOR_REMOVED, USER_RECOVERY_CODES_REPLACED } from "./events.ts";
import {
  isEmailedCode,
  isTextedCode,
  normalizeCode,
  replaceRecoveryCodes,
  sealFactorSecret,
  useTotp,
  withinCodeLimit,
} from "./factor_codes.ts";
import { FACTOR_ADDED, FACTOR_CODE, FACTOR_REMOVED } from "./factor_emails.ts";
import { needsFactor } from "./factor_policy.ts";
import {
  CODE_FACTOR_TYPES,
  type CodeFactorType,
  deleteFactors,
  type Factor,
  findFactors,
} from "./factors.ts";
import { maskedNumber, PHONE_INVALID, phoneNumber } from "./factor_texts.ts";
import {
  getPendingFactor,
  isPending,
  type PendingFactor,
  textPending,
  unknownFactor,
} from "./pending_factors.ts";
import { requireRecentSignIn } from "./recent_sign_in.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { recordProof } from "./step_up.ts";
import { newTotpSecret, totpUri } from "./totp.ts";
import { endTrust } from "./trusted_browsers.ts";
import { getUserById, lockUser } from "./users.ts";

const FACTOR_NAME_MISSING = problem("factor_name_missing", "Enter a name.");
const FACTOR_CODE_WRONG = problem("factor_code_wrong", "This code is wrong. Enter the newest one.");
const TOO_MANY_FACTORS = problem("too_many_factors", "You have {maximum} second factors. Remove one first.");
const LAST_FACTOR_NEEDED = problem(
  "last_factor_needed",
  "Your workspace or role needs a second factor. Add another one before you remove this one.",
);
const NO_TEXTS = problem("no_text_messages", "Text messages can't be sent here.");
const NO_FACTORS = problem("no_factors", "Add a second factor first.");

const MAX_FACTORS = 10;
const MAX_NAME_LENGTH = 60;
const MAX_CODE_INPUT_LENGTH = 40;
const DEFAULT_NAMES = { totp: "Authenticator app", email: "Email" };

const log = logOf("security");

export const factorName = singleLine(MAX_NAME_LENGTH, FACTOR_NAME_MISSING);

/** Passkeys need a browser, so `addPasskey` adds them. */
export const newFactor = z.object({
  type: z.enum(CODE_FACTOR_TYPES),
  name: factorName.optional(),
  /** For type `sms`. Forms of the other types may send an empty text. */
  phone: z.literal("").transform(() => undefined).or(phoneNumber).optional(),
});
export const factorConfirmation = z.object({
  code: z.string().max(MAX_CODE_INPUT_LENGTH, FACTOR_CODE_WRONG.code),
});

/** The second factors of a person. Throws `forbidden` for anyone but themselves. */
export async function listFactors(ctx: SystemContext, userId: UserId): Promise<Factor[]> {
  authorizeSelf(ctx, userId);
  return await findFactors(ctx.control, userId);
}

/**
 * Starts to add a second factor, which counts once the person enters a first code. Emails or texts that code for the types `email`
 * and `sms`, which needs `phone`. Throws `reauthentication_required`, `forbidden` for these while the address is unconfirmed,
 * `conflict` if there are ten or if no text messages can be sent, or `rate_limited`.
 */
export async function addFactor(
  ctx: SystemContext,
  userId: UserId,
  { type, name: given, phone }: z.output<typeof newFactor>,
): Promise<PendingFactor> {
  authorizeSelf(ctx, userId);
  await requireRecentSignIn(ctx);
  if (type !== "totp") await requireConfirmedEmail(ctx);
  if (type === "sms" && !sendsTexts(ctx.services)) throw conflict(NO_TEXTS);
  if (type === "sms" && !phone) throw invalid({ phone: PHONE_INVALID });
  const name = given ?? (type === "sms" ? `Phone ${maskedNumber(phone!)}` : DEFAULT_NAMES[type]);
  const secret = type === "totp" ? newTotpSecret() : undefined;
  const id = newId();
  return await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    const { email } = await getUserById(tx, userId);
    await tx.delete(factors).where(and(eq(factors.userId, userId), isNull(factors.confirmedAt)));
    requireRoom(await findFactors(tx, userId));
    const sealed = type === "sms" ? phone : secret;
    const sealedSecret = sealed && sealFactorSecret(ctx, sealed);
    const createdAt = ctx.services.clock.now();
    await tx.insert(factors).values({ id, userId, type, name, sealedSecret, createdAt });
    if (type === "email") await sendEmail(ctx, tx, FACTOR_CODE, { userId, codeFor: id });
    if (type === "sms") await textPending(ctx, tx, { id, userId, createdAt });
    return {
      id,
      type,
      name,
      secret,
      otpauthUri: secret && totpUri(secret, email),
      phone: type === "sms" && phone ? maskedNumber(phone) : undefined,
    };
  });
}

/**
 * Adds the factor for good, if the code is right. The first factor brings recovery codes, which are shown only once. Ends the trust
 * in browsers, and emails the person. Throws `not_found`, `invalid` on `code`, `reauthentication_required`, or `rate_limited`.
 */
export async function confirmFactor(
  ctx: SystemContext,
  userId: UserId,
  id: string,
  code: string,
  device: Device,
): Promise<{ recoveryCodes: string[] | null }> {
  authorizeSelf(ctx, userId);
  await requireRecentSignIn(ctx);
  const { type, name } = await getPendingFactor(ctx, userId, id);
  const outcome = await withinCodeLimit(ctx, userId, () =>
    ctx.tx(async (tx) => {
      await lockUser(tx, userId);
      const isFirst = (await findFactors(tx, userId)).length === 0;
      if (!await confirmIn(ctx, tx, { userId, id, type }, normalizeCode(code))) return null;
      return await finishAdding(ctx, tx, userId, { type, name, isFirst }, device);
    }));
  if (!outcome) throw invalid({ code: FACTOR_CODE_WRONG });
  ctx.services.use(SIGN_INS).forgetUser(userId);
  log.info("second factor added", { userId, type, requestId: ctx.requestId });
  return outcome;
}

/** Throws `conflict` if a person has as many second factors as anyone may. */
export function requireRoom(known: readonly Factor[]): void {
  if (known.length >= MAX_FACTORS) throw conflict(TOO_MANY_FACTORS.with({ maximum: MAX_FACTORS }));
}

/**
 * Does what follows from a new factor, within the transaction that adds it: ends the trust in browsers, emails the person, and makes
 * recovery codes with the first one. The caller calls `forgetUser` after the commit.
 */
export async function finishAdding(
  ctx: SystemContext,
  tx: ControlTx,
  userId: UserId,
  { type, name, isFirst }: Pick<Factor, "type" | "name"> & { isFirst: boolean },
  device: Device,
): Promise<{ recoveryCodes: string[] | null }> {
  await endTrust(tx, userId);
  if ("authentication" in ctx.actor && ctx.actor.authentication) {
    await recordProof(ctx, tx, userId, ctx.actor.authentication, type);
  }
  await publishChange(ctx, tx, userId, USER_FACTOR_ADDED, { type });
  await sendEmail(ctx, tx, FACTOR_ADDED, { userId, type, name, ...device });
  return { recoveryCodes: isFirst ? await replaceRecoveryCodes(ctx, tx, userId) : null };
}

/**
 * Removes a second factor, and with the last one the recovery codes. Throws `not_found`, `reauthentication_required`, or `conflict`
 * for the last factor of a person who needs one.
 */
export async function removeFactor(
  ctx: SystemContext,
  userId: UserId,
  id: string,
  device: Device,
): Promise<void> {
  authorizeSelf(ctx, userId);
  await requireRecentSignIn(ctx);
  if (!isId(id)) throw unknownFactor();
  await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    const known = await findFactors(tx, userId);
    const removed = known.find((factor) => factor.id === id);
    if (!removed) throw unknownFactor();
    if (known.length === 1 && await needsFactor(tx, userId)) throw conflict(LAST_FACTOR_NEEDED);
    if (known.length === 1) await deleteFactors(tx, userId);
    else await tx.delete(factors).where(eq(factors.id, id));
    await endTrust(tx, userId);
    const { type, name } = removed;
    await publishChange(ctx, tx, userId, USER_FACTOR_REMOVED, { type });
    await sendEmail(ctx, tx, FACTOR_REMOVED, { userId, type, name, ...device });
  });
  ctx.services.use(SIGN_INS).forgetUser(userId);
  log.info("second factor removed", { userId, requestId: ctx.requestId });
}

/** Replaces the recovery codes. Throws `reauthentication_required`, or `conflict` without a second factor. */
export async function renewRecoveryCodes(ctx: SystemContext, userId: UserId): Promise<string[]> {
  authorizeSelf(ctx, userId);
  await requireRecentSignIn(ctx);
  return await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    if ((await findFactors(tx, userId)).length === 0) throw conflict(NO_FACTORS);
    await endTrust(tx, userId);
    await publishChange(ctx, tx, userId, USER_RECOVERY_CODES_REPLACED, {});
    return await replaceRecoveryCodes(ctx, tx, userId);
  });
}

async function confirmIn(
  ctx: SystemContext,
  tx: ControlTx,
  { userId, id, type }: { userId: UserId; id: string; type: CodeFactorType },
  code: string,
): Promise<boolean> {
  const confirmedAt = ctx.services.clock.now();
  const which = isPending(ctx, userId, id)!;
  if (type === "totp") return await useTotp(ctx, tx, which, code, { confirmedAt });
  const isCode = type === "sms" ? isTextedCode : isEmailedCode;
  if (!isCode(ctx, id, code)) return false;
  const confirmed = await tx.update(factors).set({ confirmedAt }).where(which).returning({ id: factors.id });
  return confirmed.length > 0;
}

async function publishChange(
  ctx: SystemContext,
  tx: ControlTx,
  userId: UserId,
  event: typeof USER_FACTOR_ADDED,
  details: Record<string, string>,
): Promise<void> {
  const { id, name } = await getUserById(tx, userId);
  await publish(ctx, tx, event, { after: { id, name }, details });
}
