import type { Context, Next } from "hono";
import { createMiddleware } from "hono/factory";
import { newIdAt } from "../../src/platform/ids.ts";
import { logOf } from "../../src/platform/log.ts";
import { knownMethod } from "../../src/platform/request_tally.ts";
import { isTracing, readTraceParent, type Scope, traceScope } from "../../src/platform/tracing.ts";
import type { Services } from "../../src/ports.ts";
import { SiteLayout } from "../../views/layouts/site_layout.tsx";
import type { AssetName } from "../../views/static_files.ts";
import { endpointOf } from "../endpoint.ts";
import { type HttpEnv, isUpgrade } from "../http.ts";
import { clientAddress, type Connection, isFromTrustedProxy } from "./client_address.ts";

const MAX_USER_AGENT_LENGTH = 300;

const log = logOf("access");

/** Gives each request an id, and records it in the log and the metrics after the response. */
export function requestContext(services: Services, asset: (name: AssetName) => string) {
  return createMiddleware<HttpEnv>(async (c, next) => {
    const started = performance.now();
    const requestId = newIdAt(services.clock.now());
    c.set("services", services);
    c.set("asset", asset);
    c.set("incoming", c.req.raw);
    c.set("requestId", requestId);
    c.set("mount", null);
    c.set("layout", SiteLayout);
    c.set("tenant", null);
    c.set("customDomain", null);
    c.set("target", null);
    c.set("session", null);
    c.set("device", {
      ipAddress: clientAddress(c.req.raw.headers, c.env as Connection, services.config.trustedProxies),
      userAgent: (c.req.header("User-Agent") ?? "").slice(0, MAX_USER_AGENT_LENGTH),
    });
    const { method } = c.req; // after an upgrade, the request can't be read any more
    let traceId: string | undefined;
    if (isTracing()) traceId = await trace(c, knownMethod(method), next);
    else await next();
    const milliseconds = performance.now() - started;
    const ended = { endpoint: endpointOf(c), method, status: c.res.status };
    services.metrics.requestEnded(c.get("target")?.id, { ...ended, seconds: milliseconds / 1_000 });
    if (!isUpgrade(c)) {
      c.res.headers.set("X-Request-Id", requestId); // `c.header` would rebuild the whole response
      // Tells htmx that the response is ours, not a proxy's.
      if (c.req.header("HX-Request") || c.req.header("HX-History-Restore-Request")) {
        c.res.headers.set("HX-Response", "true");
      }
    }
    log.info("request", {
      requestId,
      method: ended.method,
      route: ended.endpoint,
      status: ended.status,
      durationMs: Math.round(milliseconds * 10) / 10,
      tenantId: c.get("target")?.id,
      userId: c.get("userId"),
      ...(traceId && { traceId }),
    });
  });
}

/**
 * Runs the request as a span, and returns the trace's id if it is sampled. A proxy's trace is linked. Proxies pass on what clients
 * send.
 */
function trace(c: Context<HttpEnv>, method: string, next: Next): Promise<string | undefined> {
  const { trustedProxies } = c.get("services").config;
  const header = isFromTrustedProxy(c.env as Connection, trustedProxies)
    ? c.req.raw.headers.get("traceparent")
    : null;
  const scope: Scope = {
    kind: "request",
    cause: readTraceParent(header),
    facts: () => ({ "http.route": endpointOf(c), "denizen.tenant_id": c.get("target")?.id }),
    outcome: () => ({
      name: `${method} ${endpointOf(c)}`,
      facts: {
        "http.request.method": method,
        "http.response.status_code": c.res.status,
        "denizen.request_id": c.get("requestId"),
      },
      failed: c.res.status >= 500,
    }),
  };
  return traceScope(scope, async (traceId) => {
    await next();
    return traceId;
  });
}
