import { createMiddleware } from "hono/factory";
import { UNKNOWN_ENDPOINT } from "../../src/api_access/api_call.ts";
import { logCall } from "../../src/api_access/call_log.ts";
import { endpointOf } from "../endpoint.ts";
import type { CallerContext, CallerEnv } from "./env.ts";

/** The path of the API before an endpoint. */
const ROOT = /^\/api(\/v1)?(?=\/)/;
/** A parameter of a route's pattern, with its regular expression if it has one. */
const PARAMETER = /:(\w+)(\{[^}]*\})?/g;

/** Adds each call about a tenant to the tenant's request log, whatever the answer. Calls without valid credentials have no tenant. */
export const recordCall = createMiddleware<CallerEnv>(async (c, next) => {
  const started = performance.now();
  await next();
  const member = c.get("member");
  if (!member) return;
  const { actor } = member;
  const { id, name } = actor.type === "key" ? actor.key : actor;
  logCall(c.get("services"), {
    id: c.get("requestId"),
    tenantId: member.tenant.id,
    actor: { type: actor.type, id, name },
    method: c.req.method,
    endpoint: documentedPath(c),
    status: c.res.status,
    errorCode: c.get("errorCode") ?? null,
    ipAddress: c.get("device").ipAddress || null,
    milliseconds: performance.now() - started - (c.get("bodyMilliseconds") ?? 0),
  });
});

/** The route as the documentation writes it: `/projects/{id}` for `/api/v1/projects/:id`. */
function documentedPath(c: CallerContext): string {
  const pattern = endpointOf(c);
  return pattern === UNKNOWN_ENDPOINT ? pattern : pattern.replace(ROOT, "").replaceAll(PARAMETER, "{$1}");
}
