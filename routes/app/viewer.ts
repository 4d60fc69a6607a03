import { can } from "../../src/access/roles.ts";
import { type AppContext, tenantContextOf } from "../http.ts";
import { takeFlash } from "../flash.ts";

/** What a tenant's page says about where and who one is. Throws `unauthenticated`. */
export function shellOf(c: AppContext) {
  const { tenant, actor } = tenantContextOf(c);
  const canCancel = can({ actor }, "tenant:delete");
  return {
    tenant: { name: tenant.name, subdomain: tenant.subdomain },
    user: { name: actor.name, email: actor.email, role: actor.role },
    flash: takeFlash(c),
    unverified: c.get("session")?.isVerified ? undefined : actor.email,
    deletion: tenant.deletionDueAt ? { on: tenant.deletionDueAt, canCancel } : undefined,
  };
}
