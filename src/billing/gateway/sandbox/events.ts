import { createHmac } from "node:crypto";
import { z } from "zod";
import { SECOND } from "../../../platform/clock.ts";
import { isSameSecret } from "../../../platform/crypto.ts";
import type { VerifiedEvent } from "../gateway.ts";

/** A signed event may be this old, or this far ahead. */
const TOLERANCE = 300 * SECOND;

const eventBody = z.object({
  id: z.string(),
  type: z.string(),
  created_at: z.coerce.date(),
  customer_id: z.string().nullable(),
});

/** The header of a signed event: `t=<seconds>,v1=<hex>`, as Stripe writes it. */
export function signEvent(body: string, { key, at }: { key: string; at: Date }): string {
  const seconds = Math.floor(at.getTime() / SECOND);
  return `t=${seconds},v1=${digestOf(body, { key, seconds })}`;
}

/** Checks the signature of an event and reads it. Says why not, if it is none. */
export function verifyEvent(
  body: string,
  signature: string | undefined,
  { key, now }: { key: string; now: Date },
): VerifiedEvent {
  const [, seconds, digest] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature ?? "") ?? [];
  if (!seconds || !digest) return { verdict: "invalid", reason: "The signature is missing or malformed." };
  const age = now.getTime() - Number(seconds) * SECOND;
  if (Math.abs(age) > TOLERANCE) {
    return { verdict: "invalid", reason: "The signature is too old or ahead." };
  }
  if (!isSameSecret(digest, digestOf(body, { key, seconds: Number(seconds) }))) {
    return { verdict: "invalid", reason: "The signature doesn't fit the body." };
  }
  const parsed = eventBody.safeParse(parseJson(body));
  if (!parsed.success) return { verdict: "unknown", reason: "The body is no event." };
  const { id, type, created_at: createdAt, customer_id: customerId } = parsed.data;
  return { verdict: "valid", event: { id, type, createdAt, isLive: false, customerId } };
}

function digestOf(body: string, { key, seconds }: { key: string; seconds: number }): string {
  return createHmac("sha256", key).update(`${seconds}.${body}`).digest("hex");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
