import { and, asc, eq } from "drizzle-orm";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { users } from "../../db/control/schema/users.ts";
import { authorizePlatform } from "../access/tenant_access.ts";
import type { SystemContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { inNameOrder } from "../platform/name_order.ts";
import type { Tenant } from "./tenant.ts";
import { listFormerSubdomains } from "./tenants.ts";

const OWNERS_LISTED = 20;

/** All that the platform's own people see of a tenant. `migrationFailure`: why its last migration failed. */
export type TenantRecord = {
  tenant: Tenant;
  members: number;
  owners: { name: string; email: string }[];
  formerSubdomains: { subdomain: string; expiresAt: Date }[];
  migrationFailure: string | null;
};

/** Throws `not_found`, or `forbidden` for anyone but the platform's people. */
export async function getTenantRecord(ctx: SystemContext, id: string): Promise<TenantRecord> {
  authorizePlatform(ctx);
  const tenant = await ctx.services.tenants.findById(id);
  if (!tenant) throw notFound("This tenant");
  const isOwner = and(eq(memberships.tenantId, id), eq(memberships.role, "owner"));
  const [owners, members, formerSubdomains, [ledger]] = await Promise.all([
    ctx.control.select({ name: users.name, email: users.email }).from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId)).where(isOwner).orderBy(
        inNameOrder(users.name),
        asc(users.id),
      ).limit(
        OWNERS_LISTED,
      ),
    ctx.control.$count(memberships, eq(memberships.tenantId, id)),
    listFormerSubdomains(ctx, id),
    ctx.control.select({ failure: tenantSchemas.failure }).from(tenantSchemas)
      .where(eq(tenantSchemas.name, tenant.schemaName)),
  ]);
  return { tenant, members, owners, formerSubdomains, migrationFailure: ledger?.failure ?? null };
}
