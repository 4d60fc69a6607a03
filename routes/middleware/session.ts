import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { findSession, type StartedSession } from "../../src/identity/sessions.ts";
import { SECOND } from "../../src/platform/clock.ts";
import type { AppContext, AppEnv } from "../http.ts";

/** Reads the session's cookie. It belongs to one host; a token of another host finds nothing. */
export const readSession = createMiddleware<AppEnv>(async (c, next) => {
  const token = getCookie(c, cookieName(c));
  if (token) {
    const found = await findSession(c.get("services"), token, c.get("tenant")?.id ?? null);
    c.set("session", found?.session ?? null);
    c.set("userId", found?.session.actor.id);
    if (found?.renewed) sendSession(c, { token, ...found.session });
  }
  await next();
});

/** Gives the browser its session: host-only, out of scripts' reach, not sent along from other sites. */
export function sendSession(c: AppContext, { token, remember, expiresAt }: StartedSession): void {
  setCookie(c, cookieName(c), token, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: isSecure(c),
    maxAge: remember
      ? Math.floor((expiresAt.getTime() - c.get("services").clock.now().getTime()) / SECOND)
      : undefined,
  });
}

export function forgetSession(c: AppContext): void {
  deleteCookie(c, cookieName(c), { path: "/", secure: isSecure(c) });
}

function cookieName(c: AppContext): string {
  return isSecure(c) ? "__Host-denizen_session" : "denizen_session";
}

export function isSecure(c: AppContext): boolean {
  const { config } = c.get("services");
  return config.environment === "production" || config.appUrl.protocol === "https:";
}
