import { Buffer } from "node:buffer";
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import type { Brand } from "./brand.ts";

export type Sha256Hex = Brand<string, "Sha256Hex">;

const TOKEN_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** 256 random bits as 43 characters of base64url, for sessions, handoffs, and refresh tokens. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** A token of 256 bits derived from `id`. It is always the same, and only the holder of `secret` can compute it. */
export function derivedToken(id: string, secret: string, purpose: string): string {
  return createHmac("sha256", deriveKey(secret, purpose)).update(id).digest("base64url");
}

/** The database stores this hash of a token. SHA-256 is enough, because nobody can guess a token of 256 random bits. */
export function sha256(text: string): Sha256Hex {
  return hash("sha256", text) as Sha256Hex;
}

/** Identifies a file's content. */
export function sha256OfBytes(bytes: Uint8Array): Sha256Hex {
  return hash("sha256", bytes) as Sha256Hex;
}

/** Compares two texts in constant time. */
export function isSameSecret(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** `length` random characters of lowercase base32 (RFC 4648 alphabet), 5 bits each. */
export function randomBase32(length: number): string {
  return Array.from(randomBytes(length), (byte) => BASE32[byte & 31]).join("");
}

/** Six digits derived from `id`. They are always the same, and only the holder of `secret` can compute them. */
export function sixDigitCode(id: string, secret: string, purpose: string): string {
  const digest = createHmac("sha256", deriveKey(secret, purpose)).update(id).digest();
  return String(digest.readUIntBE(0, 6) % 1_000_000).padStart(6, "0");
}

/** Whether someone typed the code of `id` under one of the secrets. Ignores spaces. */
export function isSixDigitCode(
  typed: string,
  id: string,
  secrets: readonly string[],
  purpose: string,
): boolean {
  const code = typed.replaceAll(/\s/g, "");
  return secrets.some((secret) => isSameSecret(code, sixDigitCode(id, secret, purpose)));
}

/**
 * Encrypts with AES-256-GCM under a key derived from `secret` (HKDF-SHA-256, RFC 5869).
 * The key depends on `purpose`, so a value that was encrypted for one purpose can't be used for another.
 * Returns the nonce, tag, and ciphertext as base64url.
 */
export function encrypt(plain: string, secret: string, purpose: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", deriveKey(secret, purpose), nonce);
  const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url");
}

/**
 * The reverse of `encrypt`, with the first of the secrets that fits. Throws if no secret or another purpose fits, or if the text was
 * changed.
 */
export function decrypt(sealed: string, secrets: readonly string[], purpose: string): string {
  const [secret, ...others] = secrets;
  if (secret === undefined) throw new Error("No secret decrypts this text.");
  try {
    return decryptWith(sealed, secret, purpose);
  } catch (error) {
    if (others.length === 0) throw error;
    return decrypt(sealed, others, purpose);
  }
}

function decryptWith(sealed: string, secret: string, purpose: string): string {
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
