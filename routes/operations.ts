import { type Context, Hono } from "hono";
import type { Config } from "../src/config.ts";
import { isSameSecret } from "../src/platform/crypto.ts";
import type { Services } from "../src/ports.ts";
import type { HttpEnv } from "./http.ts";

/** The endpoints for load balancers and on-call engineers, on any host. */
export const operations = new Hono<HttpEnv>();

operations.get("/health", async (c) => {
  const report = await c.get("services").health.report();
  return c.json(report, report.status === "unhealthy" ? 503 : 200);
});

operations.get("/ready", async (c) => {
  const isReady = await c.get("services").health.isReady();
  return isReady ? c.json({ status: "ready" }) : c.json({ status: "not ready" }, 503);
});

operations.get("/metrics", (c) => isOnMainPort(c.get("services").config) ? sendMetrics(c) : c.notFound());

/** The same endpoints on the separate port for metrics. */
export function createOperationsApp(services: Services): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  app.use(async (c, next) => {
    c.set("services", services);
    await next();
    c.res.headers.set("Cache-Control", "no-store");
  });
  app.get("/metrics", sendMetrics);
  app.route("/", operations);
  return app;
}

/** In production, metrics need a token or a port that the internet can't reach. */
function isOnMainPort({ environment, metricsPort, metricsToken }: Config): boolean {
  if (metricsPort !== undefined) return false;
  return metricsToken !== undefined || environment !== "production";
}

async function sendMetrics<Env extends HttpEnv>(c: Context<Env>): Promise<Response> {
  const { config, metrics } = c.get("services");
  if (config.metricsToken !== undefined && !hasToken(c, config.metricsToken)) {
    return c.text("Send the token: Authorization: Bearer <METRICS_TOKEN>.\n", 401, {
      "WWW-Authenticate": "Bearer",
    });
  }
  const { contentType, text } = await metrics.scrape();
  return c.body(text, 200, { "Content-Type": contentType, "Cache-Control": "no-store" });
}

function hasToken<Env extends HttpEnv>(c: Context<Env>, token: string): boolean {
  const [, sent] = /^Bearer +(.+)$/i.exec(c.req.header("Authorization") ?? "") ?? [];
  return sent !== undefined && isSameSecret(sent, token);
}
