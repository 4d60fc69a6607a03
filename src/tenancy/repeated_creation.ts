import { and, eq, gte } from "drizzle-orm";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import type { Tenant } from "./tenant.ts";
import { ON_ITS_SCHEMA, TENANT_FIELDS, toTenant } from "./tenant_rows.ts";

/**
 * The tenant that an earlier submission of the same form created: it has this name and subdomain, belongs to this owner, and was
 * created after the form was rendered. Null if there is none.
 */
export async function findCreatedByForm(
  { control }: SystemContext,
  ownerId: UserId,
  { name, subdomain }: { name: string; subdomain: string },
  renderedAt: Date,
): Promise<Tenant | null> {
  const [row] = await control.select(TENANT_FIELDS).from(tenants)
    .innerJoin(tenantSchemas, ON_ITS_SCHEMA).innerJoin(memberships, eq(memberships.tenantId, tenants.id))
    .where(and(
      eq(tenants.subdomain, subdomain),
      eq(tenants.name, name),
      eq(tenants.status, "active"),
      gte(tenants.createdAt, renderedAt),
      eq(memberships.userId, ownerId),
      eq(memberships.role, "owner"),
    ));
  return row ? toTenant(row) : null;
}
