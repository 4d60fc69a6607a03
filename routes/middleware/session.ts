import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { endReplacedSession, findSession, type StartedSession } from "../../src/identity/sessions.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { type AppContext, type AppEnv, systemContextOf } from "../http.ts";

/** Reads the session's cookie. It belongs to one host; a token of another host finds nothing. */
export const readSession = createMiddleware<AppEnv>(async (c, next) => {
  const token = getCookie(c, sessionCookie(c).name);
  if (token) {
    const found = await findSession(c.get("services"), token, c.get("tenant")?.id ?? null);
    c.set("session", found?.session ?? null);
    c.set("userId", found?.session.actor.id);
    if (found?.renewed) sendSession(c, { token, ...found.session });
  }
  await next();
});

/** Signs the browser in on this host. What it was signed in with before ends. */
export async function signInBrowser(c: AppContext, started: StartedSession): Promise<void> {
  const before = c.get("session");
  if (before) await endReplacedSession(systemContextOf(c), before, started);
  sendSession(c, started);
}

export function forgetSession(c: AppContext): void {
  const { name, options } = sessionCookie(c);
  deleteCookie(c, name, options);
}

/** A cookie of this host alone: out of scripts' reach, and not sent along from other sites but by a link. */
export function hostCookie(c: AppContext, purpose: string) {
  const { config } = c.get("services");
  const secure = config.environment === "production" || config.appUrl.protocol === "https:";
  return {
    name: secure ? `__Host-denizen_${purpose}` : `denizen_${purpose}`,
    options: { path: "/", httpOnly: true, sameSite: "Lax", secure } as const,
  };
}

function sendSession(c: AppContext, { token, remember, expiresAt }: Omit<StartedSession, "signInId">): void {
  const { name, options } = sessionCookie(c);
  const now = c.get("services").clock.now();
  const maxAge = remember ? Math.floor((expiresAt.getTime() - now.getTime()) / SECOND) : undefined;
  setCookie(c, name, token, { ...options, maxAge });
}

function sessionCookie(c: AppContext) {
  return hostCookie(c, "session");
}
