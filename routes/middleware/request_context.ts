import { randomBytes } from "node:crypto";
import { createMiddleware } from "hono/factory";
import { matchedRoutes } from "hono/route";
import { newId } from "../../src/platform/ids.ts";
import { logOf } from "../../src/platform/log.ts";
import type { Services } from "../../src/services.ts";
import type { AppEnv } from "../http.ts";
import type { AssetName } from "../static_files.ts";
import { clientAddress, type Connection } from "./client_address.ts";

const NONCE_BYTES = 16;
const MAX_USER_AGENT_LENGTH = 300;

const log = logOf("access");

/** Gives each request its id, its nonce and its line in the log. */
export function requestContext(services: Services, asset: (name: AssetName) => string) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const started = performance.now();
    const requestId = newId();
    c.set("services", services);
    c.set("asset", asset);
    c.set("requestId", requestId);
    c.set("nonce", randomBytes(NONCE_BYTES).toString("base64"));
    c.set("session", null);
    c.set("tenant", null);
    c.set("device", {
      ipAddress: clientAddress(c.req.raw.headers, c.env as Connection, services.config.trustedProxies),
      userAgent: (c.req.header("User-Agent") ?? "").slice(0, MAX_USER_AGENT_LENGTH),
    });
    await next();
    c.res.headers.set("X-Request-Id", requestId); // `c.header` would make the whole answer anew
    log.info("request", {
      requestId,
      method: c.req.method,
      route: matchedRoutes(c).findLast(({ path }) => !path.endsWith("*"))?.path ?? "none",
      status: c.res.status,
      durationMs: Math.round((performance.now() - started) * 10) / 10,
      tenantId: c.get("tenantId"),
      userId: c.get("userId"),
    });
  });
}
