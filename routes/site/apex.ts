import { createMiddleware } from "hono/factory";
import { notFound } from "../../src/errors.ts";
import type { AppEnv } from "../http.ts";

/** Lets a page exist on the apex alone. */
export const apexOnly = createMiddleware<AppEnv>(async (c, next) => {
  if (c.get("tenant")) throw notFound("This page");
  await next();
});
