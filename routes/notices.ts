import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { UserId } from "../src/access/actor.ts";
import { DAY, SECOND } from "../src/platform/clock.ts";
import { type Conditions, type NoticeName, NOTICES } from "../views/layouts/notices.tsx";
import type { HttpEnv } from "./http.ts";
import { hostCookie } from "./middleware/session.ts";

/** Hides a notice from this person in this browser for a day. Ignores names of no notice. */
export function dismissNotice<Env extends HttpEnv>(c: Context<Env>, userId: UserId, name: string): void {
  const known = NOTICES.find((each) => each === name);
  if (!known) return;
  const { name: cookie, options } = hostCookie(c, "notices");
  const value = [userId, ...new Set([...dismissedNotices(c, userId), known])].join(".");
  setCookie(c, cookie, value, { ...options, maxAge: DAY / SECOND });
}

/** The conditions whose notices the person hasn't dismissed. */
export function undismissed<Env extends HttpEnv>(
  c: Context<Env>,
  userId: UserId,
  { unverified, factorBy, deletion, planUntil, isReadOnly }: Conditions,
): Conditions {
  const dismissed = dismissedNotices(c, userId);
  return {
    unverified: dismissed.includes("email") ? undefined : unverified,
    factorBy: dismissed.includes("factor") ? undefined : factorBy,
    deletion: dismissed.includes("deletion") ? undefined : deletion,
    planUntil: dismissed.includes("plan") ? undefined : planUntil,
    isReadOnly,
  };
}

/** The cookie names the person, because others may use the same browser. */
function dismissedNotices<Env extends HttpEnv>(c: Context<Env>, userId: UserId): NoticeName[] {
  const [of, ...names] = getCookie(c, hostCookie(c, "notices").name)?.split(".") ?? [];
  return of === userId ? NOTICES.filter((name) => names.includes(name)) : [];
}
