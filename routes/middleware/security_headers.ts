import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../http.ts";

const HSTS = "max-age=63072000; includeSubDomains";

/**
 * The headers that keep a page to itself. Scripts run by nonce only, htmx by its own nonce gate; nothing is framed,
 * nothing is cached by anyone. Static files set their own Cache-Control.
 */
export const securityHeaders = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  const { appUrl } = c.var.services.config;
  const headers = c.res.headers;
  headers.set("Content-Security-Policy", contentSecurityPolicy(c.var.nonce, appUrl));
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("X-Frame-Options", "DENY");
  headers.set("Referrer-Policy", "same-origin");
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  headers.set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()");
  if (appUrl.protocol === "https:") headers.set("Strict-Transport-Security", HSTS);
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
});

function contentSecurityPolicy(nonce: string, appUrl: URL): string {
  const tenantHosts = `${appUrl.protocol}//*.${appUrl.host}`;
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    // A form's redirect counts as well: signing in on the apex leads to a tenant's host.
    `form-action 'self' ${appUrl.origin} ${tenantHosts}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types htmx",
  ].join("; ");
}
