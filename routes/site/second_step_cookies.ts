import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { StartedSecondStep } from "../../src/identity/second_step.ts";
import type { Trust } from "../../src/identity/trusted_browsers.ts";
import { SECOND } from "../../src/platform/clock.ts";
import type { HttpEnv } from "../http.ts";
import { hostCookie } from "../middleware/session.ts";

/** The page that asks for a second factor. */
export const SECOND_STEP_PATH = "/login/mfa";

type Secret = Pick<StartedSecondStep | Trust, "token" | "expiresAt">;

export function sendSecondStep(c: Context<HttpEnv>, step: StartedSecondStep): void {
  send(c, "second_step", step);
}

export function secondStepOf(c: Context<HttpEnv>): string {
  return getCookie(c, hostCookie(c, "second_step").name) ?? "";
}

export function forgetSecondStep(c: Context<HttpEnv>): void {
  const { name, options } = hostCookie(c, "second_step");
  deleteCookie(c, name, options);
}

/** Lets the browser skip the second factor on this host. */
export function sendTrust(c: Context<HttpEnv>, trust: Trust): void {
  send(c, "trusted", trust);
}

export function trustOf(c: Context<HttpEnv>): string {
  return getCookie(c, hostCookie(c, "trusted").name) ?? "";
}

function send(c: Context<HttpEnv>, purpose: string, { token, expiresAt }: Secret): void {
  const { name, options } = hostCookie(c, purpose);
  const now = c.get("services").clock.now();
  const maxAge = Math.floor((expiresAt.getTime() - now.getTime()) / SECOND);
  setCookie(c, name, token, { ...options, maxAge });
}
