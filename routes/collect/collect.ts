import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { admitWebsite, collect, collected, countCollecting } from "../../src/analytics/collect/collect.ts";
import type { AnalyticsSource } from "../../src/analytics/collect/source.ts";
import { invalid } from "../../src/errors.ts";
import type { HttpEnv, RequestVariables } from "../http.ts";
import { systemContextOf } from "../http.ts";
import { BODY_NOT_JSON } from "../middleware/body_content.ts";
import type { StaticFiles } from "../static_files.ts";
import { readWire } from "../wire.ts";

const ONE_HOUR = "public, max-age=3600";
const PREFLIGHT_SECONDS = "600";

type CollectEnv = { Variables: RequestVariables & { source: AnalyticsSource } };

/**
 * Admits the pages of the workspace's websites (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol). They send no cookie, so
 * this replaces the rule against requests from other sites. A browser whose owner doesn't want to be tracked is answered without
 * being read.
 */
export const admitWebsites = createMiddleware<CollectEnv>(async (c, next) => {
  const origin = c.req.header("Origin");
  const source = await admitWebsite(systemContextOf(c), c.get("tenant")!, origin);
  c.set("source", source);
  if (c.req.method === "OPTIONS") {
    c.header("Access-Control-Allow-Methods", "POST");
    c.header("Access-Control-Allow-Headers", "Content-Type");
    c.header("Access-Control-Max-Age", PREFLIGHT_SECONDS);
    c.res = c.body(null, 204);
  } else if (c.req.header("Sec-GPC") === "1" || c.req.header("DNT") === "1") c.res = c.body(null, 204);
  else await next();
  c.res.headers.append("Vary", "Origin");
  c.res.headers.set("Access-Control-Allow-Origin", origin!);
});

/** `POST /collect`: what browsers send from the pages of the workspace's websites. */
export const collectEvents = new Hono<CollectEnv>();

collectEvents.post("/", async (c) => {
  const ctx = systemContextOf(c);
  const tenant = c.get("tenant")!;
  await countCollecting(ctx, tenant);
  await collect(ctx, tenant, c.get("source"), readWire(collected, parseJson(await c.req.text())));
  return c.body(null, 204);
});

/** `GET /collect.js`, at an address that never changes, because it stands in the pages of other websites. */
export function collectScript(files: StaticFiles): Hono<HttpEnv> {
  const script = new Hono<HttpEnv>();
  script.get("/", (c) => {
    c.header("Cross-Origin-Resource-Policy", "cross-origin");
    return files.sendAs(c, "collect.js", ONE_HOUR);
  });
  return script;
}

/** Sent as text/plain, so that browsers don't ask first. So nothing has parsed it yet. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid({ body: BODY_NOT_JSON });
  }
}
