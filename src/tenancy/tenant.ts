import type { TenantId } from "../../db/ids.ts";
import type { PlanKey } from "../billing/plans.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";

export type { TenantId };
/** `deleting`: gone for everyone, and being removed for good. */
export type TenantStatus = "active" | "suspended" | "deleting";

/** A company that uses the product: the owner of one schema and one role in the database. */
export type Tenant = {
  id: TenantId;
  name: string;
  subdomain: string;
  schemaName: SchemaName;
  /** The newest migration that its schema has had. */
  schemaVersion: string;
  plan: PlanKey;
  status: TenantStatus;
  suspension: { at: Date; reason: string } | null;
  /** When it will be deleted, if that is scheduled. */
  deletionDueAt: Date | null;
  /** The look of its emails: `#rrggbb` and an https URL. Null for the product's own look. */
  brand: { color: string | null; logoUrl: string | null };
  createdAt: Date;
};

/** The address of a tenant's host, such as `http://acme.localhost:8000`. */
export function tenantUrl(appUrl: URL, tenant: { subdomain: string }): string {
  return `${appUrl.protocol}//${tenant.subdomain}.${appUrl.host}`;
}
