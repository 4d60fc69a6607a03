import { createMiddleware } from "hono/factory";
import { takeFlash } from "../flash.ts";
import { type AppContext, type AppEnv, systemContextOf, userOf } from "../http.ts";
import { authorize } from "../../src/access/authorize.ts";
import { TENANTS_MANAGE } from "../../src/tenancy/permissions.ts";

/** Lets the platform's own staff into the back office, and nobody else; for `apexOnly` to stand before. */
export const staffOnly = createMiddleware<AppEnv>(async (c, next) => {
  userOf(c);
  authorize(systemContextOf(c), TENANTS_MANAGE);
  await next();
});

/** Who is at work in the back office, for the shell of its pages. */
export function shellOf(c: AppContext) {
  const { name, email } = userOf(c);
  return { user: { name, email }, flash: takeFlash(c) };
}
