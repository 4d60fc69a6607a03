import { createMiddleware } from "hono/factory";
import { forbidden, unauthenticated } from "../../src/errors.ts";
import { authenticateBearer } from "../../src/identity/api_sign_in.ts";
import { logOf } from "../../src/platform/log.ts";
import { tenantContext } from "../../src/context.ts";
import type { AppContext, AppEnv } from "../http.ts";

const log = logOf("security");

/**
 * Opens the tenant that the credentials are for. Where the host or `X-Tenant` names a tenant, it must be that one.
 */
export const authenticateApi = createMiddleware<AppEnv>(async (c, next) => {
  const services = c.get("services");
  const requestId = c.get("requestId");
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
  if (!token) throw unauthenticated("Send an access token: Authorization: Bearer <token>.");
  const { tenant, actor } = await authenticateBearer(services, token);
  const named = c.get("tenant")?.subdomain ?? c.req.header("X-Tenant");
  if (disagrees(c, tenant.subdomain)) {
    log.warn("credentials of another tenant refused", {
      requestId,
      tenantId: tenant.id,
      userId: actor.id,
      named,
    });
    throw forbidden("These credentials are not for this tenant.");
  }
  if (tenant.status === "suspended") throw forbidden("This tenant is suspended.");
  c.set("tenantId", tenant.id);
  c.set("userId", actor.id);
  c.set("api", tenantContext(services, tenant, actor, requestId));
  services.usage.count(tenant.schemaName);
  await next();
});

function disagrees(c: AppContext, subdomain: string): boolean {
  const named = [c.get("tenant")?.subdomain, c.req.header("X-Tenant")];
  return named.some((name) => name !== undefined && name !== subdomain);
}
