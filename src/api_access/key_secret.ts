import { randomInt } from "node:crypto";
import { crc32 } from "node:zlib";

const PREFIX = "dnz_live_";
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 190 random bits. */
const RANDOM_LENGTH = 32;
/** Base 62 digits of any 32-bit number. */
const CHECKSUM_LENGTH = 6;
/** How many random digits people see in lists. */
const SHOWN_LENGTH = 4;

/** What API keys look like, for programs that search code and logs for leaked ones. */
export const SECRET_PATTERN = /^dnz_live_[0-9A-Za-z]{38}$/;

/** A new API key: `dnz_live_`, 32 random digits of base 62, and a checksum of 6. */
export function newKeySecret(): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => DIGITS[randomInt(DIGITS.length)]).join("");
  return withChecksum(PREFIX + random);
}

/** Whether a text looks like a key of this product and its checksum is right. A typo is found without a query. */
export function isKeySecret(text: string): boolean {
  return SECRET_PATTERN.test(text) && withChecksum(text.slice(0, -CHECKSUM_LENGTH)) === text;
}

/** Whether a client sends this text as an API key, well-formed or not. */
export function looksLikeKey(text: string): boolean {
  return text.startsWith("dnz_");
}

/** The start of a key, by which people recognize it: `dnz_live_Ab3d`. */
export function prefixOfSecret(secret: string): string {
  return secret.slice(0, PREFIX.length + SHOWN_LENGTH);
}

/** Adds the CRC-32 of the text. It finds every changed character and every two that changed places. */
function withChecksum(text: string): string {
  let rest = crc32(text);
  let checksum = "";
  while (checksum.length < CHECKSUM_LENGTH) {
    checksum = DIGITS[rest % DIGITS.length] + checksum;
    rest = Math.floor(rest / DIGITS.length);
  }
  return text + checksum;
}
