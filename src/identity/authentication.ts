import type { AuthenticationMethod } from "../access/actor.ts";
import { after, DAY } from "../platform/clock.ts";
import type { FactorType } from "./factors.ts";

/** However often it is used, a sign-in ends this long after the person last proved who they are. */
export const LONGEST_SIGN_IN = 90 * DAY;

/** The strength of a sign-in in which the person proved one thing, such as a password. */
const ONE = 1;
/** The strength of a sign-in with a second factor. */
export const HAS_SECOND = 2;
/**
 * The strength of a sign-in with an authenticator app or a passkey. A code by email or text message is weaker, because
 * anyone who reads the inbox or takes over the number has it. A passkey counts alone: it takes the device and the fingerprint, face or PIN of its owner.
 */
const STRONGEST = 3;
const STRONGEST_METHODS: readonly AuthenticationMethod[] = ["totp", "passkey", "recovery"];

/**
 * How strongly these methods together prove who a person is. An emailed code never adds to an emailed link. An account at a provider
 * counts like a password, so neither adds to the other.
 */
export function strengthOf(methods: readonly AuthenticationMethod[]): number {
  if (methods.some((method) => STRONGEST_METHODS.includes(method))) return STRONGEST;
  const proved = new Set(methods.map((method) => method === "oauth" ? "password" : method));
  return proved.size > 1 ? HAS_SECOND : proved.size === 0 ? 0 : ONE;
}

/** The strength that a person with these second factors can reach. */
export function reachableStrength(types: readonly FactorType[]): number {
  if (types.some((type) => STRONGEST_METHODS.includes(type))) return STRONGEST;
  return types.length > 0 ? HAS_SECOND : ONE;
}

/** When a session or token that was used now ends, if nothing uses it for `idle` milliseconds. Never later than its sign-in ends. */
export function expiryOf(now: Date, idle: number, authenticatedAt: Date): Date {
  const [unused, longest] = [after(now, idle), after(authenticatedAt, LONGEST_SIGN_IN)];
  return unused < longest ? unused : longest;
}
