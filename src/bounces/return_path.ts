import type { TenantId } from "../../db/ids.ts";
import { derivedToken, isSameSecret } from "../platform/crypto.ts";
import type { Services } from "../ports.ts";

/** Whom an email was for: a tenant's contact, at the address that the contact had then. */
export type Addressee = { tenantId: TenantId; contactId: string; email: string };

/** What a return address says. It counts only if `isSignedFor` the contact's address. */
export type ReturnPath = Pick<Addressee, "tenantId" | "contactId"> & { signature: string };

const PURPOSE = "return path";
const ID_DIGITS = 32;
const SIGNATURE_DIGITS = 16;
const HEX_DIGITS = 2 * ID_DIGITS + SIGNATURE_DIGITS;
/** Some mail servers change the case, so only base 36 gets both ids and 64 bits of signature into 64 characters (RFC 5321). */
const RADIX = 36;
const LENGTH = 62;
const ADDRESS = new RegExp(`(?<![0-9a-z])([0-9a-z]{${LENGTH}})@`, "i");

/**
 * The address at `host` that bounces of an email to this contact go to (VERP). It never expires. A bounce tells by its own recipient
 * whom the email was for, because everything else in it can be forged.
 */
export function returnAddress({ config }: Pick<Services, "config">, to: Addressee, host: string): string {
  const ids = digitsOf(to.tenantId) + digitsOf(to.contactId);
  const number = BigInt(`0x${ids}${signatureOf(to, config.appSecret)}`);
  return `${number.toString(RADIX).padStart(LENGTH, "0")}@${host}`;
}

/** The first return address in a text, such as the To header of a bounce. Null if it contains none. */
export function findReturnPath(text: string): ReturnPath | null {
  const local = ADDRESS.exec(text)?.[1]?.toLowerCase();
  if (!local) return null;
  const digits = [...local].reduce((sum, digit) => sum * BigInt(RADIX) + BigInt(parseInt(digit, RADIX)), 0n)
    .toString(16).padStart(HEX_DIGITS, "0");
  if (digits.length !== HEX_DIGITS) return null;
  return {
    tenantId: idOf(digits.slice(0, ID_DIGITS)) as TenantId,
    contactId: idOf(digits.slice(ID_DIGITS, -SIGNATURE_DIGITS)),
    signature: digits.slice(-SIGNATURE_DIGITS),
  };
}

/** Whether we made the return address, for an email to this address. A tenant can't point it at another by editing the contact. */
export function isSignedFor(
  { config }: Pick<Services, "config">,
  { signature, ...ids }: ReturnPath,
  email: string,
): boolean {
  return config.appSecrets.some((secret) => isSameSecret(signatureOf({ ...ids, email }, secret), signature));
}

function signatureOf({ tenantId, contactId, email }: Addressee, secret: string): string {
  const token = derivedToken(`${tenantId} ${contactId} ${email.toLowerCase()}`, secret, PURPOSE);
  return Uint8Array.fromBase64(token, { alphabet: "base64url" }).toHex().slice(0, SIGNATURE_DIGITS);
}

function digitsOf(id: string): string {
  return id.replaceAll("-", "");
}

function idOf(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
