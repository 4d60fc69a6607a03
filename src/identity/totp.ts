import { Secret, TOTP } from "otpauth";
import { PRODUCT_NAME } from "../email/brand.ts";
import { SECOND } from "../platform/clock.ts";

const STEP_SECONDS = 30;
const DIGITS = 6;
/** RFC 4226, section 4: at least 128 bits, better 160. */
const SECRET_BYTES = 20;
/** One step before and after the current one, because the clocks of phones differ. */
const WINDOW = 1;

/** A new secret in base32, as authenticator apps take it. */
export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** What the QR code says: adds the account to an authenticator app. */
export function totpUri(secret: string, email: string): string {
  return totp(secret, email).toString();
}

/** The time step (RFC 6238) whose code this is. Null if it is the code of no step around `now`. */
export function stepOf(secret: string, code: string, now: Date): number | null {
  const timestamp = now.getTime();
  const delta = totp(secret).validate({ token: code, timestamp, window: WINDOW });
  return delta === null ? null : Math.floor(timestamp / SECOND / STEP_SECONDS) + delta;
}

function totp(secret: string, label = ""): TOTP {
  const options = { issuer: PRODUCT_NAME, label, digits: DIGITS, period: STEP_SECONDS };
  return new TOTP({ ...options, secret: Secret.fromBase32(secret) });
}
