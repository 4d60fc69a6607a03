import { createMiddleware } from "hono/factory";
import type { Config } from "../../src/config.ts";
import { type HttpEnv, isUpgrade, nonceOf } from "../http.ts";

const HSTS = "max-age=63072000; includeSubDomains";
/** Other hosts below a tenant's own domain aren't ours to promise anything for. */
const HSTS_OF_CUSTOM_DOMAIN = "max-age=63072000";

/** The headers of every response. */
const ALWAYS: [string, string][] = [
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "DENY"],
  ["Referrer-Policy", "same-origin"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["Cross-Origin-Resource-Policy", "same-origin"],
  ["Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"],
];

/** Any response but a page may load nothing. */
const NO_PAGE_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** The scripts that may turn texts into markup or addresses of scripts. `denizen` accepts `/sw.js` only. */
const TRUSTED_TYPES = "htmx";
const WORKSPACE_TRUSTED_TYPES = `${TRUSTED_TYPES} denizen`;

/** What a service worker fetches for its pages has to be allowed here, too. It is a script of its own, without a nonce. */
const SERVICE_WORKER_POLICY = "default-src 'self'; frame-ancestors 'none'";

/** The headers that a route may set itself in a mount with this policy. */
const OWN_HEADERS: Record<PolicyName, readonly string[]> = {
  pages: [],
  workspace: ["X-Frame-Options", "Content-Security-Policy"],
  service_worker: [],
  back_office: [],
  previews: ["X-Frame-Options", "Content-Security-Policy"],
  shared_images: ["Cross-Origin-Resource-Policy"],
  shared_scripts: ["Cross-Origin-Resource-Policy"],
};

/**
 * What a mount's pages may do in the browser.
 * - `pages`: forms may lead to the apex and to the hosts of tenants.
 * - `workspace`: like `pages`, and a policy of Trusted Types lets them register the service worker. A route may set its own policy,
 *   for a page with a frame and for what the frame shows.
 * - `service_worker`: its script fetches from its own host. Its errors are like `pages`.
 * - `back_office`: forms stay on their host.
 * - `previews`: like `pages`, unless the route sets its own policy.
 * - `shared_images`: like `pages`, and the route may let other sites show its images.
 * - `shared_scripts`: like `pages`, and the route may let other sites run its scripts.
 */
export type PolicyName =
  | "pages"
  | "workspace"
  | "service_worker"
  | "back_office"
  | "previews"
  | "shared_images"
  | "shared_scripts";

/**
 * Sets the security headers. Scripts run only with a nonce, and htmx checks nonces itself. Pages are never framed or cached.
 * Static files set their own Cache-Control. A route's own headers count only if its mount's policy allows them.
 */
export function securityHeaders({ appUrl }: Pick<Config, "appUrl">) {
  const headersOfAll = appUrl.protocol === "https:"
    ? [...ALWAYS, ["Strict-Transport-Security", HSTS] as const]
    : ALWAYS;
  const forPages = pagePolicy(appUrl);
  const policies = {
    pages: forPages,
    workspace: pagePolicy(appUrl, WORKSPACE_TRUSTED_TYPES),
    service_worker: forPages,
    back_office: backOfficePolicy(),
    previews: forPages,
    shared_images: forPages,
    shared_scripts: forPages,
  };
  return createMiddleware<HttpEnv>(async (c, next) => {
    await next();
    if (isUpgrade(c)) return;
    const headers = c.res.headers;
    const policy = c.get("mount")?.policy ?? "pages";
    const isPage = headers.get("Content-Type")?.startsWith("text/html");
    const set = (name: string, value: string) => {
      const isOwn = OWN_HEADERS[policy].includes(name) && headers.has(name);
      if (!isOwn) headers.set(name, value);
    };
    for (const [name, value] of headersOfAll) set(name, value);
    if (c.get("customDomain") !== null && headers.has("Strict-Transport-Security")) {
      set("Strict-Transport-Security", HSTS_OF_CUSTOM_DOMAIN);
    }
    set("Content-Security-Policy", isPage ? policies[policy](nonceOf(c)) : policyBesidePages(policy));
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  });
}

function policyBesidePages(policy: PolicyName): string {
  return policy === "service_worker" ? SERVICE_WORKER_POLICY : NO_PAGE_POLICY;
}

/** The policy of a workspace's page that shows another page of its host in a frame. */
export function framingPolicy(appUrl: URL, nonce: string): string {
  return `${pagePolicy(appUrl, WORKSPACE_TRUSTED_TYPES)(nonce)}; frame-src 'self'`;
}

/** Builds a page's content security policy from its nonce. The apex serves the logos of all workspaces. */
export function pagePolicy(appUrl: URL, trustedTypes = TRUSTED_TYPES): (nonce: string) => string {
  const { origin, protocol, host } = appUrl;
  // `form-action` also covers redirects: signing in on the apex redirects to a tenant's host.
  const forms = `'self' ${origin} ${protocol}//*.${host}`;
  return policyWith({ forms, images: `'self' data: ${origin}`, trustedTypes });
}

function backOfficePolicy(): (nonce: string) => string {
  return policyWith({ forms: "'self'", images: "'self' data:", trustedTypes: TRUSTED_TYPES });
}

/** Leaves out `'strict-dynamic'`, because it would run the scripts that htmx recreates from swapped HTML. */
function policyWith(
  { forms, images, trustedTypes }: { forms: string; images: string; trustedTypes: string },
): (nonce: string) => string {
  const rest = [
    "worker-src 'self'",
    "default-src 'none'",
    "style-src 'self'",
    `img-src ${images}`,
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    `form-action ${forms}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    `trusted-types ${trustedTypes}`,
  ].join("; ");
  return (nonce) => `script-src 'nonce-${nonce}'; ${rest}`;
}
