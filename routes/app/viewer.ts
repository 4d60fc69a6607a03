import { type AppContext, tenantContextOf } from "../http.ts";
import { takeFlash } from "../flash.ts";
import { TENANT_DELETE } from "../../src/tenancy/permissions.ts";
import { can } from "../../src/access/authorize.ts";

/** What a tenant's page says about where and who one is. Throws `unauthenticated`. */
export function shellOf(c: AppContext) {
  const { tenant, actor } = tenantContextOf(c);
  const canCancel = can({ actor }, TENANT_DELETE);
  return {
    tenant: { name: tenant.name, subdomain: tenant.subdomain },
    user: { name: actor.name, email: actor.email, role: actor.role },
    flash: takeFlash(c),
    unverified: c.get("session")?.isVerified ? undefined : actor.email,
    deletion: tenant.deletionDueAt ? { on: tenant.deletionDueAt, canCancel } : undefined,
  };
}
