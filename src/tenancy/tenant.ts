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
  /** The look of the tenant's emails: `#rrggbb` and an https URL. Null means the product's look. */
  brand: { color: string | null; logoUrl: string | null };
  createdAt: Date;
};

/** The origin of a tenant's host, such as `http://acme.localhost:8000`. */
export function tenantUrl(appUrl: URL, tenant: { subdomain: string }): string {
  return `${appUrl.protocol}//${tenant.subdomain}.${appUrl.host}`;
}
