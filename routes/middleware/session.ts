import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import type { UserId } from "../../src/access/actor.ts";
import { findKnownBrowser, markBrowser } from "../../src/identity/known_browsers.ts";
import {
  endReplacedSession,
  findSession,
  restartSession,
  type StartedSession,
} from "../../src/identity/sessions.ts";
import { DAY, SECOND } from "../../src/platform/clock.ts";
import { type HttpEnv, type MemberEnv, nothingNext, systemContextOf } from "../http.ts";

const MARK_LIFETIME = 180 * DAY;

/** Reads the session from its cookie. A token from another host finds no session. */
export const readSession = createMiddleware<HttpEnv>(async (c, next) => {
  const token = getCookie(c, sessionCookie(c).name);
  if (token) await useSession(c, token);
  await next();
});

async function useSession(c: Context<HttpEnv>, token: string): Promise<void> {
  const { id: tenantId = null } = c.get("tenant") ?? {};
  const found = await findSession(c.get("services"), token, tenantId, c.get("customDomain"));
  c.set("session", found?.session ?? null);
  c.set("userId", found?.session.actor.id);
  if (found?.renewed) sendSession(c, { token, ...found.session });
}

/** Signs the browser in on this host, and ends its previous session. */
export async function signInBrowser<Env extends HttpEnv>(
  c: Context<Env>,
  started: StartedSession,
): Promise<void> {
  const before = c.get("session");
  if (before) await endReplacedSession(systemContextOf(c), before, started);
  sendSession(c, started);
  rememberBrowser(c, started.userId);
}

/** Gives the browser another session in place of its own, whose user has just proved again who they are. */
export async function replaceSession(c: Context<HttpEnv>): Promise<void> {
  await readSession(c, nothingNext);
  const session = c.get("session");
  if (!session) return;
  const started = await restartSession(systemContextOf(c), session, c.get("device"));
  await signInBrowser(c, started);
  await useSession(c, started.token);
}

/** Gives the browser another session in place of its own, which ended when its member's role changed. */
export async function renewSession(c: Context<MemberEnv>): Promise<void> {
  await signInBrowser(c, await restartSession(systemContextOf(c), c.get("session"), c.get("device")));
}

/** The browser's mark, or an empty text. A marked browser's wrong passwords count apart from everyone else's. */
export function browserMark<Env extends HttpEnv>(c: Context<Env>): string {
  return getCookie(c, hostCookie(c, "browser").name) ?? "";
}

/** Marks the browser as one that the account's owner has used, unless it has that mark. */
export function rememberBrowser<Env extends HttpEnv>(c: Context<Env>, userId: UserId): void {
  const ctx = systemContextOf(c);
  if (findKnownBrowser(ctx, browserMark(c), userId)) return;
  const { name, options } = hostCookie(c, "browser");
  setCookie(c, name, markBrowser(ctx, userId), { ...options, maxAge: MARK_LIFETIME / SECOND });
}

/** Signs the browser out on this host, and deletes what pages have stored in it: caches, kept forms, and push subscriptions. */
export function forgetSession<Env extends HttpEnv>(c: Context<Env>): void {
  const { name, options } = sessionCookie(c);
  c.header("Clear-Site-Data", '"storage"');
  deleteCookie(c, name, options);
}

/** A cookie for this host only. Scripts can't read it, and other sites send it only when a person follows a link. */
export function hostCookie<Env extends HttpEnv>(c: Context<Env>, purpose: string) {
  const { config } = c.get("services");
  const secure = config.environment === "production" || config.appUrl.protocol === "https:";
  return {
    name: secure ? `__Host-denizen_${purpose}` : `denizen_${purpose}`,
    options: { path: "/", httpOnly: true, sameSite: "Lax", secure } as const,
  };
}

function sendSession<Env extends HttpEnv>(
  c: Context<Env>,
  { token, remember, expiresAt }: Omit<StartedSession, "signInId" | "userId">,
): void {
  const { name, options } = sessionCookie(c);
  const now = c.get("services").clock.now();
  const maxAge = remember ? Math.floor((expiresAt.getTime() - now.getTime()) / SECOND) : undefined;
  setCookie(c, name, token, { ...options, maxAge });
}

function sessionCookie<Env extends HttpEnv>(c: Context<Env>) {
  return hostCookie(c, "session");
}
