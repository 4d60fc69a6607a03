import type { AuthenticationMethod } from "../access/actor.ts";
import { after, DAY } from "../platform/clock.ts";

/** However often it is used, a sign-in ends this long after the person last proved who they are. */
export const LONGEST_SIGN_IN = 90 * DAY;

/** The strength of a sign-in in which the person proved one thing, such as a password. */
const ONE = 1;
/** The strength of a sign-in with a second factor. */
export const HAS_SECOND = 2;
/** The strength of a sign-in with an authenticator app. An emailed code is weaker, because anyone who reads the inbox has it. */
const STRONGEST = 3;

/** How strongly these methods together prove who a person is. An emailed code never adds to an emailed link. */
export function strengthOf(methods: readonly AuthenticationMethod[]): number {
  if (methods.includes("totp") || methods.includes("recovery")) return STRONGEST;
  return new Set(methods).size > 1 ? HAS_SECOND : methods.length === 0 ? 0 : ONE;
}

/** The strength that a person with these second factors can reach. */
export function reachableStrength(types: readonly ("totp" | "email")[]): number {
  if (types.includes("totp")) return STRONGEST;
  return types.includes("email") ? HAS_SECOND : ONE;
}

/** When a session or token that was used now ends, if nothing uses it for `idle` milliseconds. Never later than its sign-in ends. */
export function expiryOf(now: Date, idle: number, authenticatedAt: Date): Date {
  const [unused, longest] = [after(now, idle), after(authenticatedAt, LONGEST_SIGN_IN)];
  return unused < longest ? unused : longest;
}
