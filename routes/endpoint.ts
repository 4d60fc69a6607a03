import type { Context } from "hono";
import { matchedRoutes } from "hono/route";
import type { HttpEnv } from "./http.ts";

/**
 * The pattern of the route that answered, such as `/projects/:id`, or would have if nothing before it had refused;
 * `unmatched` where there is none. Known after the answer. Of these there are as many as routes.
 */
export function endpointOf<Env extends HttpEnv>(c: Context<Env>): string {
  const routes = matchedRoutes(c);
  for (let place = c.req.routeIndex; place < routes.length; place++) {
    const { path } = routes[place]!;
    if (!path.endsWith("*")) return path;
  }
  return "unmatched";
}
