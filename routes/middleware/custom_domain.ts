import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { forbidden } from "../../src/errors.ts";
import { HANDOFF_PROOF_PATH } from "../../src/identity/handoffs.ts";
import { problem } from "../../src/platform/problem.ts";
import { type HttpEnv, redirect } from "../http.ts";
import { safeNext } from "../site/redirects.ts";

const NOT_ON_CUSTOM_DOMAIN = problem(
  "not_on_custom_domain",
  "This can't be done on a custom domain. Go to {home}.",
);

/** What takes passwords and codes in the API, or manages them. */
const SECRET_CALLS = /^\/api(?:\/v1)?\/(?:auth\/(?:login|mfa|reauthenticate)|me\/factors)(?:\/|$)/;

const START_PATH = "/dashboard";
const SIGN_IN_PATH = "/login";
/** What asks for a password or a code, or is about the person rather than the workspace. */
const PERSONAL = /^\/(?:account|login|reauthenticate|verify-email)(?:\/|$)/;

/**
 * The person who controls a custom domain can read what people type there, and their session. So people sign in, prove who they are,
 * and change their account on the installation's own hosts only. Answers such requests with a redirect there, or with 403 for a
 * form.
 */
export const refusePersonal = createMiddleware<HttpEnv>(async (c, next) => {
  const { path, method } = c.req;
  if (c.get("customDomain") === null) return await next();
  if (!PERSONAL.test(path) && path !== HANDOFF_PROOF_PATH) return await next();
  const isReading = method === "GET" || method === "HEAD";
  if (!isReading || path === HANDOFF_PROOF_PATH) {
    throw refusal(c);
  }
  if (path !== SIGN_IN_PATH) return redirect(c, ownHostUrl(c, pathOf(c)));
  // A browser that refuses cookies would come back here again and again.
  if (c.get("session") || c.req.query("notice") !== undefined) return await next();
  return redirect(c, signInUrl(c, c.req.query("next")));
});

/** The same for the API: on a custom domain, it takes API keys and tokens, and gets neither a password nor a code. */
export const refuseSecrets = createMiddleware<HttpEnv>(async (c, next) => {
  if (c.get("customDomain") !== null && SECRET_CALLS.test(c.req.path)) throw refusal(c);
  await next();
});

/** Where a person signs in and comes back to the custom domain. */
export function signInUrl<Env extends HttpEnv>(c: Context<Env>, next: string | undefined): string {
  return workspaceUrl(c, { next: safeNext(next, START_PATH) });
}

/** The same path of the workspace on its subdomain, by way of the apex, which signs the person in there. */
export function ownHostUrl<Env extends HttpEnv>(c: Context<Env>, path: string): string {
  return workspaceUrl(c, { on: "subdomain", next: safeNext(path, START_PATH) });
}

function refusal(c: Context<HttpEnv>) {
  return forbidden(NOT_ON_CUSTOM_DOMAIN.with({ home: c.get("services").config.appUrl.origin }));
}

function pathOf(c: Context<HttpEnv>): string {
  const { pathname, search } = new URL(c.req.url);
  return pathname + search;
}

/** `next` stands inside another `next` while the person signs in, where an encoded slash is refused. */
function workspaceUrl<Env extends HttpEnv>(c: Context<Env>, query: Record<string, string>): string {
  const { appUrl } = c.get("services").config;
  const text = new URLSearchParams(query).toString().replaceAll("%2F", "/");
  return `${appUrl.origin}/workspaces/${c.get("tenant")!.id}?${text}`;
}
