import { and, asc, eq, isNotNull, isNull, lt, or, type SQL } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { factors, recoveryCodes } from "../../db/control/schema/factors.ts";
import type { AuthenticationMethod, UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { decrypt, encrypt, isSixDigitCode, randomBase32, sha256, sixDigitCode } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import { sealedColumn } from "../platform/sealed_column.ts";
import { enforce } from "../rate_limits/limiter.ts";
import { isFactorOf } from "./factors.ts";
import { FACTOR_CODES } from "./sign_in_limits.ts";
import { stepOf } from "./totp.ts";

export const RECOVERY_CODE_COUNT = 10;

/** How long a code from an email works. */
export const FACTOR_CODE_MINUTES = 10;

export const SECRET_PURPOSE = "second factor";
const EMAIL_PURPOSE = "second factor code";
const TEXT_PURPOSE = "second factor text";
/** 120 random bits, so a plain hash protects a code. */
const RECOVERY_LENGTH = 24;
const RECOVERY_GROUP = 4;

/** The secrets of authenticator apps, and the numbers of phones. */
export const FACTOR_SECRETS = sealedColumn("second factors", {
  table: factors,
  id: factors.id,
  column: factors.sealedSecret,
  purpose: SECRET_PURPOSE,
});

export function sealFactorSecret({ services }: SystemContext, secret: string): string {
  return encrypt(secret, services.config.appSecret, SECRET_PURPOSE);
}

/** The code in an email about this challenge or factor. */
export function emailedCode({ services }: SystemContext, id: string): string {
  return sixDigitCode(id, services.config.appSecret, EMAIL_PURPOSE);
}

/** Whether someone typed the code in an email about this challenge or factor. */
export function isEmailedCode({ services }: SystemContext, id: string, typed: string): boolean {
  return isSixDigitCode(typed, id, services.config.appSecrets, EMAIL_PURPOSE);
}

/** The code in a text message about this challenge or factor. */
export function textedCode({ services }: SystemContext, id: string): string {
  return sixDigitCode(id, services.config.appSecret, TEXT_PURPOSE);
}

/** Whether someone typed the code in a text message about this challenge or factor. */
export function isTextedCode({ services }: SystemContext, id: string, typed: string): boolean {
  return isSixDigitCode(typed, id, services.config.appSecrets, TEXT_PURPOSE);
}

/**
 * Runs `check` on a code that was entered, or on a password that stands in for one. The attempt counts before the check, so that
 * parallel guesses count too. A right one doesn't count. Throws `rate_limited` after 20 wrong ones in 15 minutes, and `unavailable`
 * while nothing counts.
 */
export async function withinCodeLimit<T>(
  ctx: SystemContext,
  userId: UserId,
  check: () => Promise<T | null>,
): Promise<T | null> {
  const taken = await enforce(ctx, FACTOR_CODES, userId);
  const outcome = await check();
  if (outcome !== null) await taken.giveBack();
  return outcome;
}

/** Which second factor of a person a code proves, using the code up. Null if the code is wrong or was used before. */
export async function proveCode(
  ctx: SystemContext,
  tx: ControlTx,
  userId: UserId,
  { code, emailedFor, texted, kind }: {
    code: string;
    /** The id whose emailed code counts. Null: none does. */
    emailedFor: string | null;
    /** The id whose texted code counts, and the phone that got it. Null: none does. */
    texted: { codeFor: string; phoneId: string } | null;
    /** The only kind that counts. */
    kind?: "totp" | "sms" | "email" | "recovery";
  },
): Promise<AuthenticationMethod | null> {
  const typed = normalizeCode(code);
  const proven = (!kind || kind === "totp") && await useTotp(ctx, tx, isFactorOf(userId)!, typed)
    ? "totp"
    : (!kind || kind === "sms") && texted && await useTextedCode(ctx, tx, userId, texted, typed)
    ? "sms"
    : (!kind || kind === "email") && emailedFor && isEmailedCode(ctx, emailedFor, typed)
    ? "email"
    : (!kind || kind === "recovery") && await useRecoveryCode(ctx, tx, userId, typed)
    ? "recovery"
    : null;
  if (proven === "email") await touchFactors(ctx, tx, userId, eq(factors.type, "email"));
  return proven;
}

/**
 * Uses up a code of one of these authenticator apps: its step and all before it. One conditional update decides, so two
 * requests with the same code can't both succeed.
 */
export async function useTotp(
  ctx: SystemContext,
  tx: ControlTx,
  which: SQL,
  code: string,
  alsoSet: { confirmedAt?: Date } = {},
): Promise<boolean> {
  if (!/^\d{6}$/.test(code)) return false;
  const { clock, config } = ctx.services;
  const now = clock.now();
  const apps = await tx.select({ id: factors.id, sealedSecret: factors.sealedSecret }).from(factors)
    .where(and(which, eq(factors.type, "totp"), isNotNull(factors.sealedSecret))).orderBy(
      asc(factors.createdAt),
    );
  for (const { id, sealedSecret } of apps) {
    const step = stepOf(decrypt(sealedSecret!, config.appSecrets, SECRET_PURPOSE), code, now);
    if (step === null) continue;
    const isUnused = or(isNull(factors.lastStep), lt(factors.lastStep, step));
    const used = await tx.update(factors).set({ lastStep: step, lastUsedAt: now, ...alsoSet })
      .where(and(eq(factors.id, id), which, isUnused)).returning({ id: factors.id });
    if (used.length > 0) return true;
  }
  return false;
}

/** Replaces a person's recovery codes. Returns the new ones, which are stored only as hashes. */
export async function replaceRecoveryCodes(
  { services }: SystemContext,
  tx: ControlTx,
  userId: UserId,
): Promise<string[]> {
  const createdAt = services.clock.now();
  const codes = Array.from({ length: RECOVERY_CODE_COUNT }, () => randomBase32(RECOVERY_LENGTH));
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
  await tx.insert(recoveryCodes).values(
    codes.map((code) => ({ id: newId(), userId, codeHash: sha256(code), createdAt })),
  );
  return codes.map(inGroups);
}

/** A code as it was meant, without the spaces and hyphens that people type. */
export function normalizeCode(code: string): string {
  return code.replaceAll(/[\s-]/g, "").toLowerCase();
}

async function useRecoveryCode(
  { services }: SystemContext,
  tx: ControlTx,
  userId: UserId,
  code: string,
): Promise<boolean> {
  const isUnused = and(
    eq(recoveryCodes.userId, userId),
    eq(recoveryCodes.codeHash, sha256(code)),
    isNull(recoveryCodes.usedAt),
  );
  const used = await tx.update(recoveryCodes).set({ usedAt: services.clock.now() }).where(isUnused)
    .returning({ id: recoveryCodes.id });
  return used.length > 0;
}

/** A code of a phone that was removed since doesn't count. */
async function useTextedCode(
  ctx: SystemContext,
  tx: ControlTx,
  userId: UserId,
  { codeFor, phoneId }: { codeFor: string; phoneId: string },
  typed: string,
): Promise<boolean> {
  return isTextedCode(ctx, codeFor, typed) && await touchFactors(ctx, tx, userId, eq(factors.id, phoneId));
}

/** Returns whether the person has one of these factors. */
async function touchFactors(
  { services }: SystemContext,
  tx: ControlTx,
  userId: UserId,
  which: SQL,
): Promise<boolean> {
  const touched = await tx.update(factors).set({ lastUsedAt: services.clock.now() })
    .where(and(isFactorOf(userId), which)).returning({ id: factors.id });
  return touched.length > 0;
}

function inGroups(code: string): string {
  return code.match(new RegExp(`.{${RECOVERY_GROUP}}`, "g"))!.join("-");
}
