import type { Context } from "hono";
import { matchedRoutes } from "hono/route";
import type { HttpEnv } from "./http.ts";

/**
 * The pattern of the matched route, such as `/projects/:id`, even if a guard rejects the request. `unmatched` if no route
 * matches.
 */
export function endpointOf<Env extends HttpEnv>(c: Context<Env>): string {
  const routes = matchedRoutes(c);
  for (let index = c.req.routeIndex; index < routes.length; index++) {
    const { path } = routes[index]!;
    if (!path.endsWith("*")) return path;
  }
  return "unmatched";
}
