import type { Context, Hono, MiddlewareHandler, Schema } from "hono";
import { createMiddleware } from "hono/factory";
import { notFound } from "../src/errors.ts";
import type { HttpEnv } from "./http.ts";
import { PAGE_NOT_FOUND } from "./http.ts";
import { type BodyRule, checkBody } from "./middleware/body.ts";
import type { PolicyName } from "./middleware/security_headers.ts";

/** The rules of one part of the product. They apply to every route in it. */
export type Mount = {
  /** Each guard admits or rejects a request, in this order. */
  guards: MiddlewareHandler[];
  /** Guards that come before the body is checked, so that they also see a refused one. They don't read it. */
  outerGuards?: MiddlewareHandler[];
  /** The body that a route accepts, unless it declares another rule. */
  body: BodyRule;
  /** The routes run `checkBody` themselves, after they know the caller. A route that doesn't must not read the body. */
  routesCheckBody?: boolean;
  policy: PolicyName;
  /** The format of errors: a page for people, or problem+json for programs. */
  errors: "page" | "problem";
  /** Sets the layout of an error page, for a request that failed before the guard that sets it. */
  frame?: (c: Context<HttpEnv>) => Promise<void>;
};

/** Adds `routes` below `path`, with the mount's rules. Routes added later never match below `path`. */
export function mount<Env extends HttpEnv, Routes extends Schema, Base extends string>(
  app: Hono<HttpEnv>,
  path: string,
  rules: Mount,
  routes: Hono<Env, Routes, Base>,
): void {
  const below = path === "/" ? "*" : `${path}/*`;
  const enter = createMiddleware<HttpEnv>((c, next) => {
    c.set("mount", rules);
    return next();
  });
  const bodyChecks = rules.routesCheckBody ? [] : [checkBody];
  app.use(below, enter, ...rules.outerGuards ?? [], ...bodyChecks, ...rules.guards);
  app.route(path, routes);
  app.all(below, () => {
    throw notFound(PAGE_NOT_FOUND);
  });
}

/** Whether the route serves programs, which read problem+json. */
export function isForPrograms<Env extends HttpEnv>(c: Context<Env>): boolean {
  return c.get("mount")?.errors === "problem";
}
