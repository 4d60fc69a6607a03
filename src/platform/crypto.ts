import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import { Buffer } from "node:buffer";
import type { Brand } from "./brand.ts";

export type Sha256Hex = Brand<string, "Sha256Hex">;

const TOKEN_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** 256 random bits as 43 letters of base64url: a session's, a handoff's, a refresh token's secret. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** What the database keeps of a token. SHA-256 is enough: the token has 256 random bits, so there is nothing to guess. */
export function sha256(text: string): Sha256Hex {
  return createHash("sha256").update(text).digest("hex") as Sha256Hex;
}

/** Whether two texts are the same, found out in a time that doesn't tell how much of them is. */
export function isSameSecret(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** `length` random letters of lower-case base32 (RFC 4648 alphabet), 5 bits each. */
export function randomBase32(length: number): string {
  return Array.from(randomBytes(length), (byte) => BASE32[byte & 31]).join("");
}

/** Six digits that belong to `id`: always the same ones, and only the holder of `secret` can tell which. */
export function sixDigitCode(id: string, secret: string, purpose: string): string {
  const digest = createHmac("sha256", deriveKey(secret, purpose)).update(id).digest();
  return String(digest.readUIntBE(0, 6) % 1_000_000).padStart(6, "0");
}

/**
 * Encrypts with AES-256-GCM under a key derived from `secret` (HKDF-SHA-256, RFC 5869).
 * `purpose` is bound into the key, so that a value can't be moved to another place.
 * Returns base64url of nonce, tag and ciphertext.
 */
export function encrypt(plain: string, secret: string, purpose: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", deriveKey(secret, purpose), nonce);
  const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url");
}

/** The reverse of `encrypt`. Throws when the secret or the purpose is another, or a bit was changed. */
export function decrypt(sealed: string, secret: string, purpose: string): string {
  const bytes = Buffer.from(sealed, "base64url");
  const decipher = createDecipheriv(
    "aes-256-gcm",
    deriveKey(secret, purpose),
    bytes.subarray(0, NONCE_BYTES),
  );
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString(
    "utf8",
  );
}

function deriveKey(secret: string, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, "denizen", purpose, 32));
}
