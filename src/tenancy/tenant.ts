import type { Brand } from "../platform/brand.ts";
import type { SchemaName } from "../../db/schema_name.ts";

export type TenantId = Brand<string, "TenantId">;
export type TenantStatus = "active" | "suspended";
export type PlanKey = "starter" | "team" | "premium" | "enterprise";

/** A company that uses the product: the owner of one schema and one role in the database. */
export type Tenant = {
  id: TenantId;
  name: string;
  subdomain: string;
  schemaName: SchemaName;
  plan: PlanKey;
  status: TenantStatus;
  createdAt: Date;
};
