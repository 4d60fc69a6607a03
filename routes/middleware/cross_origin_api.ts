import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { tenantUrl } from "../../src/tenancy/tenant.ts";
import type { HttpEnv } from "../http.ts";

const METHODS = "GET, POST, PUT, PATCH, DELETE";
const REQUEST_HEADERS = [
  "Authorization",
  "Content-Type",
  "Idempotency-Key",
  "If-Match",
  "If-None-Match",
  "Last-Event-ID",
  "X-API-Key",
  "X-Tenant",
].join(", ");
const RESPONSE_HEADERS = [
  "Deprecation",
  "ETag",
  "Idempotent-Replayed",
  "Link",
  "Location",
  "RateLimit",
  "RateLimit-Policy",
  "Retry-After",
  "Sunset",
  "X-Request-Id",
].join(", ");
const PREFLIGHT_SECONDS = "600";

/**
 * Lets scripts of the websites that the tenant has listed, and of its primary domain, call the API on its host (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol).
 * The API reads no cookies, so a website gets only what its own token opens.
 */
export const admitOrigins = createMiddleware<HttpEnv>(async (c, next) => {
  const origin = c.req.header("Origin");
  const isListed = origin !== undefined && isAdmitted(c, origin);
  const isPreflight = c.req.method === "OPTIONS" &&
    c.req.header("Access-Control-Request-Method") !== undefined;
  if (isListed && isPreflight) {
    return c.body(null, 204, {
      "Access-Control-Allow-Origin": origin,
      "Access-Control-Allow-Methods": METHODS,
      "Access-Control-Allow-Headers": REQUEST_HEADERS,
      "Access-Control-Max-Age": PREFLIGHT_SECONDS,
      "Vary": "Origin",
    });
  }
  await next();
  c.res.headers.append("Vary", "Origin");
  if (!isListed) return;
  c.res.headers.set("Access-Control-Allow-Origin", origin);
  c.res.headers.set("Access-Control-Expose-Headers", RESPONSE_HEADERS);
});

function isAdmitted(c: Context<HttpEnv>, origin: string): boolean {
  const tenant = c.get("tenant")!;
  return tenant.apiOrigins.includes(origin) || origin === tenantUrl(c.get("services").config.appUrl, tenant);
}
