import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { forbidden } from "../../src/errors.ts";
import { logOf } from "../../src/platform/log.ts";
import { problem } from "../../src/platform/problem.ts";
import type { HttpEnv } from "../http.ts";

const OTHER_SITE = problem("other_site", "This request came from another site.");

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

const log = logOf("security");

/**
 * Rejects changes that another site or a sibling subdomain makes a browser send. Reads Fetch Metadata, or Origin if a browser
 * doesn't send it. A request with neither comes from a program, which never adds cookies by itself.
 */
export const refuseCrossOrigin = createMiddleware<HttpEnv>(async (c, next) => {
  if (!SAFE_METHODS.has(c.req.method) && !isSameOrigin(c.req.raw.headers, ownOrigin(c))) {
    log.warn("cross-origin request rejected", {
      requestId: c.get("requestId"),
      origin: c.req.header("Origin"),
    });
    throw forbidden(OTHER_SITE);
  }
  await next();
});

/**
 * Rejects a WebSocket that another site's page opens with the person's cookies. Every browser sends the Origin of a WebSocket. Throws
 * `forbidden`.
 */
export function requireOwnOrigin<Env extends HttpEnv>(c: Context<Env>): void {
  const origin = c.req.header("Origin");
  if (origin && isSameOrigin(c.req.raw.headers, ownOrigin(c))) return;
  log.warn("cross-origin request rejected", { requestId: c.get("requestId"), origin });
  throw forbidden(OTHER_SITE);
}

function isSameOrigin(headers: Headers, own: string): boolean {
  const site = headers.get("Sec-Fetch-Site");
  const origin = headers.get("Origin");
  if (site !== null && site !== "same-origin") return false;
  return origin === null || origin === own;
}

function ownOrigin<Env extends HttpEnv>(
  c: Context<Env>,
): string {
  return `${c.get("services").config.appUrl.protocol}//${c.req.header("Host")?.toLowerCase()}`;
}
