import { eq, getTableColumns } from "drizzle-orm";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { parseSchemaName } from "../../db/tenant/schema_name.ts";
import type { Tenant } from "./tenant.ts";

/** The columns of a tenant. Select them from `tenants` joined with `tenantSchemas` on `ON_ITS_SCHEMA`. */
export const TENANT_FIELDS = { ...getTableColumns(tenants), schemaVersion: tenantSchemas.version };
export const ON_ITS_SCHEMA = eq(tenantSchemas.name, tenants.schemaName);

export type TenantRow = typeof tenants.$inferSelect & { schemaVersion: string };

export function toTenant(row: TenantRow): Tenant {
  const {
    name,
    subdomain,
    schemaVersion,
    plan,
    status,
    suspendedAt,
    suspensionReason,
    deletionDueAt,
    secondFactorFrom,
    brandColor,
    logoVersion,
    apiOrigins,
    createdAt,
  } = row;
  return {
    id: row.id,
    name,
    subdomain,
    schemaName: parseSchemaName(row.schemaName),
    schemaVersion,
    plan,
    status,
    suspension: suspendedAt && { at: suspendedAt, reason: suspensionReason ?? "" },
    deletionDueAt,
    secondFactorFrom,
    brand: { color: brandColor, logo: logoVersion },
    apiOrigins,
    createdAt,
  };
}
