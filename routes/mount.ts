import type { Context, Hono, MiddlewareHandler, Schema } from "hono";
import { createMiddleware } from "hono/factory";
import { notFound } from "../src/errors.ts";
import type { HttpEnv } from "./http.ts";
import { type BodyRule, checkBody } from "./middleware/body.ts";
import type { PolicyName } from "./middleware/security_headers.ts";

/** The rules of one part of the product. They hold for every route in it. */
export type Mount = {
  /** Each lets a request pass or refuses it, in this order. */
  guards: MiddlewareHandler[];
  /** What a route accepts as its body, unless it declares more. */
  body: BodyRule;
  policy: PolicyName;
  /** How an error is answered: as a page for people, or as problem+json for programs. */
  errors: "page" | "problem";
};

/** Adds `routes` below `path`, behind the mount's rules. Nothing after them answers a path below it. */
export function mount<Env extends HttpEnv, Routes extends Schema, Base extends string>(
  app: Hono<HttpEnv>,
  path: string,
  rules: Mount,
  routes: Hono<Env, Routes, Base>,
): void {
  const below = path === "/" ? "*" : `${path}/*`;
  const enter = createMiddleware<HttpEnv>((c, next) => {
    c.set("mount", rules);
    return checkBody(c, next);
  });
  app.use(below, enter, ...rules.guards);
  app.route(path, routes);
  app.all(below, () => {
    throw notFound("This page");
  });
}

/** Whether programs ask here, which read problem+json. */
export function isForPrograms<Env extends HttpEnv>(c: Context<Env>): boolean {
  return c.get("mount")?.errors === "problem";
}
