import { Hono } from "hono";
import type { HttpEnv } from "../http.ts";

/** The types of errors are addresses (RFC 9457, section 3.1.1). Each leads to its line in the docs. */
export const problemTypes = new Hono<HttpEnv>();

problemTypes.get("/problems/:type{[a-z-]+}", (c) => {
  const { origin } = c.get("services").config.appUrl;
  return c.redirect(`${origin}/docs/guides/errors#${c.req.param("type")}`, 302);
});
