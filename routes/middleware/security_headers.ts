import { createMiddleware } from "hono/factory";
import type { Config } from "../../src/config.ts";
import type { AppEnv } from "../http.ts";

const HSTS = "max-age=63072000; includeSubDomains";

/** What any answer says, whatever it is. */
const ALWAYS: [string, string][] = [
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "DENY"],
  ["Referrer-Policy", "same-origin"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["Cross-Origin-Resource-Policy", "same-origin"],
  ["Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"],
];

/** What is no page has nothing to load. */
const NO_PAGE_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** What a development page may say for itself. */
const LEFT_TO_DEVELOPMENT_PAGES = new Set(["X-Frame-Options", "Content-Security-Policy"]);

/**
 * The headers that keep a page to itself. Scripts run by nonce only, htmx by its own nonce gate; nothing is framed,
 * nothing is cached by anyone. Static files set their own Cache-Control. Outside production a route that sets its own
 * policy keeps it; in production it is overwritten, whatever a route says.
 */
export function securityHeaders({ appUrl, environment }: Pick<Config, "appUrl" | "environment">) {
  const headersOfAll = appUrl.protocol === "https:"
    ? [...ALWAYS, ["Strict-Transport-Security", HSTS] as const]
    : ALWAYS;
  const policyOf = pagePolicy(appUrl);
  const mayStay = (name: string) => environment !== "production" && LEFT_TO_DEVELOPMENT_PAGES.has(name);
  return createMiddleware<AppEnv>(async (c, next) => {
    await next();
    const headers = c.res.headers;
    const isPage = headers.get("Content-Type")?.startsWith("text/html");
    const set = (name: string, value: string) => {
      if (!(mayStay(name) && headers.has(name))) headers.set(name, value);
    };
    for (const [name, value] of headersOfAll) set(name, value);
    set("Content-Security-Policy", isPage ? policyOf(c.get("nonce")) : NO_PAGE_POLICY);
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  });
}

/**
 * A page's content security policy, by its nonce. Without `'strict-dynamic'`: htmx creates the script elements of swapped
 * HTML anew, and it would let them run.
 */
export function pagePolicy(appUrl: URL): (nonce: string) => string {
  const rest = [
    "worker-src 'self'",
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    // A form's redirect counts as well: signing in on the apex leads to a tenant's host.
    `form-action 'self' ${appUrl.origin} ${appUrl.protocol}//*.${appUrl.host}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types htmx",
  ].join("; ");
  return (nonce) => `script-src 'nonce-${nonce}'; ${rest}`;
}
