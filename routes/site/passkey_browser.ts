import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { PASSKEY_MINUTES } from "../../src/identity/passkey_ceremonies.ts";
import { MINUTE, SECOND } from "../../src/platform/clock.ts";
import { newToken } from "../../src/platform/crypto.ts";
import type { HttpEnv } from "../http.ts";
import { hostCookie } from "../middleware/session.ts";

/** The page on the apex that signs in with a passkey. */
export const PASSKEY_PATH = "/login/passkey";

const LIFETIME_SECONDS = PASSKEY_MINUTES * MINUTE / SECOND;

/** The secret that binds challenges to this browser, or an empty text. */
export function passkeyBrowserOf<Env extends HttpEnv>(c: Context<Env>): string {
  return getCookie(c, hostCookie(c, "passkey").name) ?? "";
}

/** Gives the browser its secret. A browser that has one keeps it, so that several tabs can use passkeys. */
export function keepPasskeyBrowser<Env extends HttpEnv>(c: Context<Env>): string {
  const { name, options } = hostCookie(c, "passkey");
  const secret = passkeyBrowserOf(c) || newToken();
  setCookie(c, name, secret, { ...options, maxAge: LIFETIME_SECONDS });
  return secret;
}

/**
 * On a workspace's host: the page on the apex that uses a passkey and leads back to `next` here. Undefined on the apex, whose pages use
 * passkeys themselves.
 */
export function passkeyHref<Env extends HttpEnv>(
  c: Context<Env>,
  { next, remember = true }: { next?: string | null; remember?: boolean },
): string | undefined {
  const tenant = c.get("tenant");
  if (!tenant) return undefined;
  const url = new URL(PASSKEY_PATH, c.get("services").config.appUrl);
  url.searchParams.set("workspace", tenant.subdomain);
  if (next) url.searchParams.set("next", next);
  if (!remember) url.searchParams.set("remember", "off");
  return url.href;
}
