import { Buffer } from "node:buffer";
import { createHmac, randomBytes } from "node:crypto";

const PREFIX = "whsec_";
const SECRET_BYTES = 32;

/** A new secret as Standard Webhooks writes it: `whsec_` and 256 random bits in base64. */
export function newSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString("base64");
}

/** What Standard Webhooks signs: the event, the time of the attempt in seconds since 1970, and the exact body. */
export type Signed = { id: string; timestamp: number; body: string };

/** The `webhook-signature` header: one `v1` signature (HMAC-SHA-256) for each secret, separated by spaces. */
export function sign({ id, timestamp, body }: Signed, secrets: readonly string[]): string {
  return secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`, "utf8").digest("base64")}`;
  }).join(" ");
}
