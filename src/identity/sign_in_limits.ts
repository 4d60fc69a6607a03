import type { SystemContext } from "../context.ts";
import { networkOf } from "../platform/address_ranges.ts";
import { HOUR, MINUTE } from "../platform/clock.ts";
import { enforce, type Taken } from "../rate_limits/limiter.ts";
import { type RateLimit, rateLimit } from "../rate_limits/rate_limit.ts";

/** Wrong passwords for one account. A browser that its owner has used counts apart. */
export const SIGN_IN_ACCOUNT = rateLimit("sign_in_account", {
  limit: 10,
  window: MINUTE,
  whenDown: "closed",
});
/** Wrong passwords from one network. */
export const SIGN_IN_ADDRESS = rateLimit("sign_in_address", {
  limit: 100,
  window: MINUTE,
  whenDown: "closed",
});
/** Sign-up forms from one network. High, because a school or an office is one network. */
export const SIGN_UP_ADDRESS = rateLimit("sign_up_address", { limit: 300, window: HOUR, whenDown: "closed" });
/** Sign-ups for one email address that wait for their code. */
export const SIGN_UP_EMAIL = rateLimit("sign_up_email", { limit: 5, window: HOUR, whenDown: "closed" });
/** Wrong codes from one network. */
export const CODES_ADDRESS = rateLimit("codes_address", { limit: 100, window: HOUR, whenDown: "closed" });
/** Requests for an emailed link or code from one network. Each address also has a limit of its own. */
export const LINKS_ADDRESS = rateLimit("links_address", { limit: 300, window: HOUR, whenDown: "closed" });
/** Sign-ins at a provider, such as Google, that one network starts. */
export const OAUTH_ADDRESS = rateLimit("oauth_address", { limit: 100, window: MINUTE, whenDown: "closed" });
/** Pages that start to use a passkey, from one network. High, because each view of the sign-in page counts. */
export const PASSKEYS_ADDRESS = rateLimit("passkeys_address", {
  limit: 1000,
  window: HOUR,
  whenDown: "closed",
});
/** Wrong codes of second factors for one person, in any browser and program. Guessing one takes 300,000 attempts. */
export const FACTOR_CODES = rateLimit("factor_codes", {
  limit: 20,
  window: 15 * MINUTE,
  whenDown: "closed",
});

export const SIGN_IN_LIMITS = [
  SIGN_IN_ACCOUNT,
  SIGN_IN_ADDRESS,
  SIGN_UP_ADDRESS,
  SIGN_UP_EMAIL,
  CODES_ADDRESS,
  LINKS_ADDRESS,
  OAUTH_ADDRESS,
  PASSKEYS_ADDRESS,
  FACTOR_CODES,
];

/** Counts an attempt from the client's network. Jobs and commands have none, so nothing limits them. Throws like `enforce`. */
export async function enforceForAddress(ctx: SystemContext, limit: RateLimit): Promise<Taken | null> {
  return ctx.ipAddress === undefined ? null : await enforce(ctx, limit, networkOf(ctx.ipAddress));
}
