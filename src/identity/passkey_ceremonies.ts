import { Buffer } from "node:buffer";
import { and, eq, gt, isNull } from "drizzle-orm";
import { passkeyChallenges } from "../../db/control/schema/passkeys.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { type DomainError, unauthenticated } from "../errors.ts";
import { after, MINUTE } from "../platform/clock.ts";
import { newToken, sha256 } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import { logOf } from "../platform/log.ts";
import { type Problem, problem } from "../platform/problem.ts";
import { enforceForAddress, PASSKEYS_ADDRESS } from "./sign_in_limits.ts";

const PASSKEY_MISSING = problem(
  "passkey_missing",
  "Your browser didn't send a passkey. Turn on JavaScript, or use another way.",
);
const PASSKEY_EXPIRED = problem("passkey_expired", "That took too long. Try again.");
const PASSKEY_REFUSED = problem(
  "passkey_refused",
  "This passkey didn't work. Try again, or use another way.",
);

export const PASSKEY_MINUTES = 10;

const log = logOf("security");

/**
 * One use of a passkey, from the challenge to the answer. `browser` is the secret in the browser's cookie. The person is signed in
 * already, unless the passkey is what signs them in.
 */
export type Ceremony =
  & { browser: string }
  & (
    | { purpose: "sign_in"; userId: null }
    | { purpose: "step_up" | "registration"; userId: UserId }
  );

/** What a browser needs to know about this installation. Passkeys belong to the apex's host name. */
export function relyingParty({ services: { config } }: SystemContext): { id: string; origin: string } {
  return { id: config.appUrl.hostname, origin: config.appUrl.origin };
}

/** A new challenge, which works once, within ten minutes, in this browser and for this purpose. Throws `rate_limited`. */
export async function startCeremony(
  ctx: SystemContext,
  { browser, purpose, userId }: Ceremony,
): Promise<Uint8Array<ArrayBuffer>> {
  await enforceForAddress(ctx, PASSKEYS_ADDRESS);
  const challenge = newToken();
  await ctx.control.insert(passkeyChallenges).values({
    id: newId(),
    challengeHash: sha256(challenge),
    browserHash: sha256(browser),
    purpose,
    userId,
    expiresAt: after(ctx.services.clock.now(), PASSKEY_MINUTES * MINUTE),
  });
  return new Uint8Array(Buffer.from(challenge, "base64url"));
}

/** Uses up the challenge that a browser signed, and returns it. Throws `unauthenticated` if it wasn't made for this ceremony. */
export async function redeemChallenge(
  ctx: SystemContext,
  { browser, purpose, userId }: Ceremony,
  clientDataJSON: string,
): Promise<string> {
  const challenge = readChallenge(clientDataJSON);
  const redeemed = await ctx.control.delete(passkeyChallenges).where(and(
    eq(passkeyChallenges.challengeHash, sha256(challenge)),
    eq(passkeyChallenges.browserHash, sha256(browser)),
    eq(passkeyChallenges.purpose, purpose),
    userId === null ? isNull(passkeyChallenges.userId) : eq(passkeyChallenges.userId, userId),
    gt(passkeyChallenges.expiresAt, ctx.services.clock.now()),
  )).returning({ id: passkeyChallenges.id });
  if (redeemed.length === 0) {
    throw refused(ctx, { reason: "the challenge is unknown, used or expired" }, PASSKEY_EXPIRED);
  }
  return challenge;
}

/** The JSON that a browser sent for a passkey. Throws `unauthenticated` if it sent none, or no JSON. */
export function readCredential(text: string): unknown {
  if (text === "") throw unauthenticated(PASSKEY_MISSING);
  try {
    return JSON.parse(text);
  } catch {
    throw unauthenticated(PASSKEY_REFUSED);
  }
}

/** Logs why a passkey was refused. The person doesn't learn it. */
export function refused(
  ctx: SystemContext,
  details: { reason: string; userId?: UserId },
  told: Problem = PASSKEY_REFUSED,
): DomainError {
  log.warn("passkey refused", { ...details, requestId: ctx.requestId });
  return unauthenticated(told);
}

/** Empty if the text isn't what a browser sends. No challenge is empty. */
function readChallenge(clientDataJSON: string): string {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, "base64url").toString());
    return typeof challenge === "string" ? challenge : "";
  } catch {
    return "";
  }
}
