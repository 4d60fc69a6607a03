import { and, eq, gt, lt, sql } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { challenges } from "../../db/control/schema/factors.ts";
import type { SystemContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { after, MINUTE } from "../platform/clock.ts";
import { newToken, sha256 } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import { FACTOR_CODE_MINUTES } from "./factor_codes.ts";
import { findPhones, textCode } from "./factor_texts.ts";
import { FACTOR_CODE } from "./factor_emails.ts";

const MAX_ATTEMPTS = 5;

/** A question for a second factor that waits for a code. */
export type Challenge = typeof challenges.$inferSelect;
export type ChallengePurpose = Challenge["purpose"];

type NewChallenge =
  & Pick<Challenge, "purpose" | "userId">
  & Partial<Pick<Challenge, "firstMethod" | "tenantId" | "remember" | "next">>;

/** Starts a challenge for ten minutes. The database stores only the SHA-256 of its token. */
export async function startChallenge(
  { services }: SystemContext,
  tx: ControlTx,
  challenge: NewChallenge,
  token: string = newToken(),
): Promise<{ token: string; challenge: Challenge }> {
  const createdAt = services.clock.now();
  const expiresAt = after(createdAt, FACTOR_CODE_MINUTES * MINUTE);
  const [row] = await tx.insert(challenges).values({
    id: newId(),
    tokenHash: sha256(token),
    ...challenge,
    createdAt,
    expiresAt,
  }).returning();
  return { token, challenge: row! };
}

/** The open challenge of a token that can be derived again, or a new one in place of one that has ended. Lock the user before. */
export async function openChallenge(
  ctx: SystemContext,
  tx: ControlTx,
  challenge: NewChallenge,
  token: string,
): Promise<Challenge> {
  const open = await findChallenge(ctx, challenge.purpose, token, tx);
  if (open) return open;
  await tx.delete(challenges).where(eq(challenges.tokenHash, sha256(token)));
  return (await startChallenge(ctx, tx, challenge, token)).challenge;
}

/** The code that was texted for a challenge, as `proveCode` takes it. Null if none was. */
export function textedFor(challenge: Challenge | null): { codeFor: string; phoneId: string } | null {
  return challenge?.textedTo ? { codeFor: challenge.id, phoneId: challenge.textedTo } : null;
}

/** The challenge with this token. Null if it has ended. */
export async function findChallenge(
  ctx: SystemContext,
  purpose: ChallengePurpose,
  token: string,
  db: ControlDb | ControlTx = ctx.control,
): Promise<Challenge | null> {
  const [row] = await db.select().from(challenges).where(isOpen(ctx, purpose, token));
  return row ?? null;
}

/** Counts an attempt, and returns the challenge. Null if it has ended, or after five attempts. */
export async function attemptChallenge(
  ctx: SystemContext,
  purpose: ChallengePurpose,
  token: string,
): Promise<Challenge | null> {
  const attempts = sql`${challenges.attempts} + 1`;
  const [row] = await ctx.control.update(challenges).set({ attempts }).where(isOpen(ctx, purpose, token))
    .returning();
  return row ?? null;
}

/** Ends a challenge. Returns false if another request has ended it. */
export async function endChallenge(tx: ControlTx, { id }: Challenge): Promise<boolean> {
  const ended = await tx.delete(challenges).where(eq(challenges.id, id)).returning({ id: challenges.id });
  return ended.length > 0;
}

/** Emails the challenge's code. */
export async function emailChallenge(
  ctx: SystemContext,
  tx: ControlTx,
  { id, userId }: Challenge,
): Promise<void> {
  await tx.update(challenges).set({ emailedAt: ctx.services.clock.now() }).where(eq(challenges.id, id));
  await sendEmail(ctx, tx, FACTOR_CODE, { userId, codeFor: id });
}

/**
 * Texts the challenge's code to one of the person's phones: the one with this id, or else the one that they used last. Throws
 * `rate_limited`.
 */
export async function textChallenge(
  ctx: SystemContext,
  tx: ControlTx,
  { id, userId, expiresAt }: Challenge,
  phoneId?: string,
): Promise<void> {
  const phones = await findPhones(tx, userId);
  const phone = phones.find((each) => each.id === phoneId) ?? phones[0];
  if (!phone) return;
  await textCode(ctx, tx, { userId, factorId: phone.id, codeFor: id, until: expiresAt });
  await tx.update(challenges).set({ textedTo: phone.id }).where(eq(challenges.id, id));
}

function isOpen({ services }: SystemContext, purpose: ChallengePurpose, token: string) {
  return and(
    eq(challenges.tokenHash, sha256(token)),
    eq(challenges.purpose, purpose),
    lt(challenges.attempts, MAX_ATTEMPTS),
    gt(challenges.expiresAt, services.clock.now()),
  );
}
