import { createMiddleware } from "hono/factory";
import { forbidden, unauthenticated } from "../../src/errors.ts";
import { authenticateBearer } from "../../src/identity/api_sign_in.ts";
import { logOf } from "../../src/platform/log.ts";
import { tenantContext } from "../../src/context.ts";
import type { Tenant } from "../../src/tenancy/tenant.ts";
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
  if (await namesAnother(c, tenant)) {
    log.warn("credentials of another tenant refused", {
      requestId,
      tenantId: tenant.id,
      userId: actor.id,
      named,
    });
    throw forbidden("These credentials are not for this tenant.");
  }
  c.set("tenantId", tenant.id);
  c.set("userId", actor.id);
  c.set("api", tenantContext(services, tenant, actor, requestId));
  services.usage.count(tenant.schemaName);
  await next();
});

/** Whether the host or the header names another tenant than the credentials'. A name that it had before counts as its own. */
async function namesAnother(c: AppContext, tenant: Tenant): Promise<boolean> {
  const host = c.get("tenant");
  if (host && host.id !== tenant.id) return true;
  const named = c.req.header("X-Tenant");
  if (named === undefined || named === tenant.subdomain) return false;
  return (await c.get("services").tenants.findBySubdomain(named))?.id !== tenant.id;
}
