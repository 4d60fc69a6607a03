import { createMiddleware } from "hono/factory";
import { DomainError } from "../../src/errors.ts";
import { HANDOFF_PROOF_PATH } from "../../src/identity/handoffs.ts";
import { admit } from "../../src/tenancy/admission.ts";
import { tenantUrl } from "../../src/tenancy/tenant.ts";
import type { AppEnv } from "../http.ts";
import { UnknownHosts } from "../unknown_hosts.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";

const unknownHosts = new UnknownHosts();

/**
 * Finds out whose host was asked: the apex, or a tenant's subdomain of it. Any other is 404; one that the tenant had
 * before redirects to the one it has now, with method and body. The port counts, since it is part of the address that
 * browsers keep apart.
 */
export const resolveHost = createMiddleware<AppEnv>(async (c, next) => {
  const { config, use } = c.get("services");
  const tenants = use(TENANTS);
  const host = c.req.header("Host")?.toLowerCase() ?? "";
  if (host !== config.appUrl.host) {
    const subdomain = host.endsWith(`.${config.appUrl.host}`)
      ? host.slice(0, -config.appUrl.host.length - 1)
      : "";
    const tenant = subdomain ? await tenants.findBySubdomain(subdomain) : null;
    if (!tenant) {
      unknownHosts.report(host, config.appUrl.host);
      throw nobodyHere(config.appUrl.origin);
    }
    c.set("tenant", tenant);
    c.set("tenantId", tenant.id);
    // The person who moved the workspace is still signed in on the old host, and proves it there.
    if (tenant.subdomain !== subdomain && c.req.path !== HANDOFF_PROOF_PATH) {
      const { pathname, search } = new URL(c.req.url);
      return c.redirect(tenantUrl(config.appUrl, tenant) + pathname + search, 307);
    }
  }
  await next();
});

/** Shows nothing of a tenant that is suspended or not ready for this code. */
export const admitTenant = createMiddleware<AppEnv>(async (c, next) => {
  const tenant = c.get("tenant");
  if (tenant) admit(c.get("services"), tenant);
  await next();
});

function nobodyHere(origin: string): DomainError {
  return new DomainError(
    "not_found",
    `There is no workspace at this address. Check the spelling, or start at ${origin}.`,
  );
}
