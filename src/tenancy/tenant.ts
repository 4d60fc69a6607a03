import type { TenantId } from "../../db/ids.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import type { PlanKey } from "../billing/plans.ts";
import { problem } from "../platform/problem.ts";

export const WORKSPACE_NOT_FOUND = problem("workspace_not_found", "This workspace was not found.");

export type { TenantId };
/** A tenant that is `deleting` is hidden from everyone while its data is being permanently deleted. */
export type TenantStatus = "active" | "suspended" | "deleting";

/** A company that uses the product. Each tenant has its own schema and role in the database. */
export type Tenant = {
  id: TenantId;
  name: string;
  subdomain: string;
  schemaName: SchemaName;
  /** The newest migration that was applied to the schema. */
  schemaVersion: string;
  plan: PlanKey;
  status: TenantStatus;
  suspension: { at: Date; reason: string } | null;
  /** When the tenant will be deleted, or null if no deletion is scheduled. */
  deletionDueAt: Date | null;
  /** From when on members need a second factor, or null if they don't. */
  secondFactorFrom: Date | null;
  brand: TenantBrand;
  /** The websites whose scripts may call the API on the tenant's host. */
  apiOrigins: readonly string[];
  createdAt: Date;
};

/** The look of a tenant's mark, sign-in page and emails. */
export type TenantBrand = {
  /** `#rrggbb`, or null for the product's color. */
  color: string | null;
  /** The version of the logo, which its URL contains. Null if there is no logo. */
  logo: string | null;
};

/** The origin of a tenant's host, such as `http://acme.localhost:8000`. */
export function tenantUrl(appUrl: URL, tenant: { subdomain: string }): string {
  return `${appUrl.protocol}//${tenant.subdomain}.${appUrl.host}`;
}

/** The URL of a tenant's logo on the apex, which works on every host and in emails. Null if there is no logo. */
export function logoUrl(appUrl: URL, { id, brand }: Pick<Tenant, "id" | "brand">): string | null {
  return brand.logo && `${appUrl.origin}/brand/${id}/logo?v=${brand.logo}`;
}
