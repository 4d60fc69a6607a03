import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { StartedSignUp } from "../../src/identity/pending_sign_ups.ts";
import { SECOND } from "../../src/platform/clock.ts";
import type { HttpEnv } from "../http.ts";
import { hostCookie } from "../middleware/session.ts";

/** Gives the browser the secret of its sign-up. The emailed code works only in this browser. */
export function sendPendingSignUp(c: Context<HttpEnv>, { token, expiresAt }: StartedSignUp): void {
  const { name, options } = pendingSignUpCookie(c);
  const left = expiresAt.getTime() - c.get("services").clock.now().getTime();
  setCookie(c, name, token, { ...options, maxAge: Math.floor(left / SECOND) });
}

/** Empty if the browser has no pending sign-up. */
export function pendingSignUpToken(c: Context<HttpEnv>): string {
  return getCookie(c, pendingSignUpCookie(c).name) ?? "";
}

export function forgetPendingSignUp(c: Context<HttpEnv>): void {
  const { name, options } = pendingSignUpCookie(c);
  deleteCookie(c, name, options);
}

function pendingSignUpCookie(c: Context<HttpEnv>) {
  return hostCookie(c, "sign_up");
}
