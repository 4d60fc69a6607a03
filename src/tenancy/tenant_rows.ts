import { eq, getTableColumns } from "drizzle-orm";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { type StoredOverride, tenants } from "../../db/control/schema/tenants.ts";
import { parseSchemaName } from "../../db/tenant/schema_name.ts";
import type { Override, Tenant } from "./tenant.ts";
import { toPeriods } from "./time_zones.ts";

/** The columns of a tenant. Select them from `tenants` joined with `tenantSchemas` on `ON_ITS_SCHEMA`. */
export const TENANT_FIELDS = { ...getTableColumns(tenants), schemaVersion: tenantSchemas.version };
export const ON_ITS_SCHEMA = eq(tenantSchemas.name, tenants.schemaName);

export type TenantRow = typeof tenants.$inferSelect & { schemaVersion: string };

export function toTenant(row: TenantRow): Tenant {
  const {
    name,
    subdomain,
    primaryDomain,
    schemaVersion,
    plan,
    planVersion,
    planUntil,
    restrictedFrom,
    overrides,
    status,
    suspendedAt,
    suspensionReason,
    deletionDueAt,
    secondFactorFrom,
    brandColor,
    logoVersion,
    apiOrigins,
    timeZones,
    createdAt,
  } = row;
  return {
    id: row.id,
    name,
    subdomain,
    primaryDomain,
    schemaName: parseSchemaName(row.schemaName),
    schemaVersion,
    plan,
    planVersion,
    planUntil,
    restrictedFrom,
    overrides: overrides.map(toOverride),
    status,
    suspension: suspendedAt && { at: suspendedAt, reason: suspensionReason ?? "" },
    deletionDueAt,
    secondFactorFrom,
    brand: { color: brandColor, logo: logoVersion },
    apiOrigins,
    timeZones: toPeriods(timeZones),
    createdAt,
  };
}

/** An override as the table stores it. */
export function toOverride({ ends_at, ...override }: StoredOverride): Override {
  return { ...override, endsAt: ends_at === null ? null : new Date(ends_at) };
}
