import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { StartedSignUp } from "../../src/identity/pending_sign_ups.ts";
import { SECOND } from "../../src/platform/clock.ts";
import type { AppContext } from "../http.ts";
import { isSecure } from "../middleware/session.ts";

/** Gives the browser the secret of its sign-up: the code from the email counts in this browser alone. */
export function sendPendingSignUp(c: AppContext, { token, expiresAt }: StartedSignUp): void {
  const left = expiresAt.getTime() - c.get("services").clock.now().getTime();
  setCookie(c, cookieName(c), token, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: isSecure(c),
    maxAge: Math.floor(left / SECOND),
  });
}

/** Empty where the browser has none. */
export function pendingSignUpToken(c: AppContext): string {
  return getCookie(c, cookieName(c)) ?? "";
}

export function forgetPendingSignUp(c: AppContext): void {
  deleteCookie(c, cookieName(c), { path: "/", secure: isSecure(c) });
}

function cookieName(c: AppContext): string {
  return isSecure(c) ? "__Host-denizen_sign_up" : "denizen_sign_up";
}
