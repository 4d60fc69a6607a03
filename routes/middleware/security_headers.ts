import { createMiddleware } from "hono/factory";
import type { Config } from "../../src/config.ts";
import type { HttpEnv } from "../http.ts";

const HSTS = "max-age=63072000; includeSubDomains";

/** The headers of every answer. */
const ALWAYS: [string, string][] = [
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "DENY"],
  ["Referrer-Policy", "same-origin"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["Cross-Origin-Resource-Policy", "same-origin"],
  ["Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"],
];

/** Everything but a page loads nothing. */
const NO_PAGE_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** The headers that a route of a mount with the policy `previews` may set itself. */
const OWN_OF_PREVIEWS = new Set(["X-Frame-Options", "Content-Security-Policy"]);

/**
 * What a mount's pages may do in the browser.
 * - `pages`: forms may lead to the apex and to the hosts of tenants.
 * - `back_office`: forms stay on their host.
 * - `previews`: like `pages`, unless the route sets a policy of its own.
 */
export type PolicyName = "pages" | "back_office" | "previews";

/**
 * The headers that keep a page to itself: scripts run by nonce only, and htmx by its own nonce gate; nothing is framed or
 * cached. Static files set their own Cache-Control. Only in a mount with the policy `previews` does a route's own policy
 * count.
 */
export function securityHeaders({ appUrl }: Pick<Config, "appUrl">) {
  const headersOfAll = appUrl.protocol === "https:"
    ? [...ALWAYS, ["Strict-Transport-Security", HSTS] as const]
    : ALWAYS;
  const forPages = pagePolicy(appUrl);
  const policies = { pages: forPages, back_office: backOfficePolicy(), previews: forPages };
  return createMiddleware<HttpEnv>(async (c, next) => {
    await next();
    const headers = c.res.headers;
    const policy = c.get("mount")?.policy ?? "pages";
    const isPage = headers.get("Content-Type")?.startsWith("text/html");
    const set = (name: string, value: string) => {
      const isOwn = policy === "previews" && OWN_OF_PREVIEWS.has(name) && headers.has(name);
      if (!isOwn) headers.set(name, value);
    };
    for (const [name, value] of headersOfAll) set(name, value);
    set("Content-Security-Policy", isPage ? policies[policy](c.get("nonce")) : NO_PAGE_POLICY);
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  });
}

/** A page's content security policy, by its nonce. */
export function pagePolicy(appUrl: URL): (nonce: string) => string {
  // A form's redirect counts as well: signing in on the apex leads to a tenant's host.
  return policyWithForms(`'self' ${appUrl.origin} ${appUrl.protocol}//*.${appUrl.host}`);
}

function backOfficePolicy(): (nonce: string) => string {
  return policyWithForms("'self'");
}

/** Without `'strict-dynamic'`: htmx creates the script elements of swapped HTML anew, and it would let them run. */
function policyWithForms(formAction: string): (nonce: string) => string {
  const rest = [
    "worker-src 'self'",
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    `form-action ${formAction}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types htmx",
  ].join("; ");
  return (nonce) => `script-src 'nonce-${nonce}'; ${rest}`;
}
