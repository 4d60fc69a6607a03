import { createMiddleware } from "hono/factory";
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

/**
 * The headers that keep a page to itself. Scripts run by nonce only, htmx by its own nonce gate; nothing is framed,
 * nothing is cached by anyone. Static files set their own Cache-Control.
 */
export function securityHeaders(appUrl: URL) {
  const headersOfAll = appUrl.protocol === "https:"
    ? [...ALWAYS, ["Strict-Transport-Security", HSTS] as const]
    : ALWAYS;
  const policyOf = pagePolicy(appUrl);
  return createMiddleware<AppEnv>(async (c, next) => {
    await next();
    const headers = c.res.headers;
    for (const [name, value] of headersOfAll) headers.set(name, value);
    const isPage = headers.get("Content-Type")?.startsWith("text/html");
    headers.set("Content-Security-Policy", isPage ? policyOf(c.get("nonce")) : NO_PAGE_POLICY);
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  });
}

function pagePolicy(appUrl: URL): (nonce: string) => string {
  const rest = [
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
  return (nonce) => `script-src 'nonce-${nonce}' 'strict-dynamic'; ${rest}`;
}
