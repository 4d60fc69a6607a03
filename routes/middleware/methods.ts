import { createMiddleware } from "hono/factory";
import type { HttpEnv } from "../http.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Rejects TRACE and unknown methods with 405. Only programs send them, so the response is always problem+json. */
export const refuseOtherMethods = createMiddleware<HttpEnv>(async (c, next) => {
  if (METHODS.includes(c.req.method)) return await next();
  const problem = {
    type: "about:blank",
    status: 405,
    title: "Method not allowed",
    detail: `Use one of ${METHODS.join(", ")}.`,
    request_id: c.get("requestId"),
  };
  return c.body(JSON.stringify(problem), 405, {
    "Allow": METHODS.join(", "),
    "Content-Type": "application/problem+json",
  });
});
