import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { unverified } from "../errors.ts";
import { type Clock, MINUTE } from "../platform/clock.ts";
import { isSameSecret } from "../platform/crypto.ts";
import { problem } from "../platform/problem.ts";

const BOUNCE_UNVERIFIED = problem("bounce_unverified", "The signature is missing, wrong, or too old.");

const TOLERANCE = 5 * MINUTE;

/** The headers of Standard Webhooks. */
export type SignatureHeaders = { id: string; timestamp: string; signature: string };

/**
 * Throws `unverified` unless the body was signed with `secret` within the last five minutes. The library that verifies other notices
 * takes text only, and an email can have bytes that are no text.
 */
export function requireSignature(
  secret: string,
  { id, timestamp, signature }: SignatureHeaders,
  body: Uint8Array,
  clock: Clock,
): void {
  const age = Math.abs(clock.now().getTime() - Number(timestamp) * 1_000);
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
  const isSigned = signature.split(" ").some((each) => isSameSecret(each, `v1,${expected}`));
  if (!id || !isSigned || !(age <= TOLERANCE)) throw unverified(BOUNCE_UNVERIFIED);
}
