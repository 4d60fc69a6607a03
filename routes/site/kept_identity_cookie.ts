import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { KeptIdentity } from "../../src/identity/pending_identities.ts";
import { SECOND } from "../../src/platform/clock.ts";
import type { HttpEnv } from "../http.ts";
import { hostCookie } from "../middleware/session.ts";

/** Gives the browser the secret of the account that it proved at a provider. */
export function sendKeptIdentity(c: Context<HttpEnv>, { token, expiresAt }: KeptIdentity): void {
  const { name, options } = hostCookie(c, "identity");
  const left = expiresAt.getTime() - c.get("services").clock.now().getTime();
  setCookie(c, name, token, { ...options, maxAge: Math.floor(left / SECOND) });
}

/** Empty if no account waits in the browser. */
export function keptIdentityOf(c: Context<HttpEnv>): string {
  return getCookie(c, hostCookie(c, "identity").name) ?? "";
}

export function forgetKeptIdentity(c: Context<HttpEnv>): void {
  const { name, options } = hostCookie(c, "identity");
  deleteCookie(c, name, options);
}
