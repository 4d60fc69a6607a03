import { and, asc, eq } from "drizzle-orm";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { users } from "../../db/control/schema/users.ts";
import type { UserId } from "../access/actor.ts";
import { authorize } from "../access/authorize.ts";
import type { SystemContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { inNameOrder } from "../platform/name_order.ts";
import { problem } from "../platform/problem.ts";
import { TENANTS_MANAGE } from "./permissions.ts";
import type { Tenant } from "./tenant.ts";
import { TENANTS } from "./tenant_directory.ts";
import { listFormerSubdomains } from "./tenants.ts";

const TENANT_NOT_FOUND = problem("tenant_not_found", "This tenant was not found.");

const OWNERS_LISTED = 20;

/** A tenant as platform staff see it. `migrationFailure` is the error of its last migration, if that failed. */
export type TenantRecord = {
  tenant: Tenant;
  members: number;
  owners: { id: UserId; name: string; email: string }[];
  formerSubdomains: { subdomain: string; expiresAt: Date }[];
  migrationFailure: string | null;
};

/** Throws `not_found`, or `forbidden` for anyone but platform staff. */
export async function getTenantRecord(ctx: SystemContext, id: string): Promise<TenantRecord> {
  authorize(ctx, TENANTS_MANAGE);
  const tenant = await ctx.services.use(TENANTS).findById(id);
  if (!tenant) throw notFound(TENANT_NOT_FOUND);
  const isOwner = and(eq(memberships.tenantId, tenant.id), eq(memberships.role, "owner"));
  const [owners, members, formerSubdomains, [ledger]] = await Promise.all([
    ctx.control.select({ id: users.id, name: users.name, email: users.email }).from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId)).where(isOwner).orderBy(
        inNameOrder(users.name),
        asc(users.id),
      ).limit(
        OWNERS_LISTED,
      ),
    ctx.control.$count(memberships, eq(memberships.tenantId, tenant.id)),
    listFormerSubdomains(ctx, tenant.id),
    ctx.control.select({ failure: tenantSchemas.failure }).from(tenantSchemas)
      .where(eq(tenantSchemas.name, tenant.schemaName)),
  ]);
  return { tenant, members, owners, formerSubdomains, migrationFailure: ledger?.failure ?? null };
}
