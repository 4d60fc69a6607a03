import { Hono } from "hono";
import { hasCurrent } from "./api/etags.ts";
import type { HttpEnv } from "./http.ts";
import type { StaticFiles } from "./static_files.ts";

/** `/sw.js` on a workspace's host. Browsers ask for it at every visit, and install it again when it has changed. */
export function serviceWorkerRoutes({ serviceWorker: { file, version } }: StaticFiles): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  const headers = { "Cache-Control": "no-cache", ETag: `"${version}"` };
  routes.get("/", (c) => hasCurrent(c, headers.ETag) ? c.body(null, 304, headers) : file.send(c, headers));
  return routes;
}
