import { createMiddleware } from "hono/factory";
import { forbidden, notFound } from "../../src/errors.ts";
import type { AppEnv } from "../http.ts";

/**
 * Finds out whose host was asked: the apex, or a tenant's subdomain of it. Any other is 404, a suspended tenant's 403.
 * The port counts, since it is part of the address that browsers keep apart.
 */
export const resolveHost = createMiddleware<AppEnv>(async (c, next) => {
  const { config, tenants } = c.get("services");
  const host = c.req.header("Host")?.toLowerCase() ?? "";
  if (host !== config.appUrl.host) {
    const tenant = host.endsWith(`.${config.appUrl.host}`)
      ? await tenants.findBySubdomain(host.slice(0, -config.appUrl.host.length - 1))
      : null;
    if (!tenant) throw notFound("This address");
    c.set("tenant", tenant);
    c.set("tenantId", tenant.id);
    if (tenant.status === "suspended") throw forbidden("This workspace is suspended. Its owner can say why.");
  }
  await next();
});
