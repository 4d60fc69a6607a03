import type { Brand } from "../platform/brand.ts";

export type TenantId = Brand<string, "TenantId">;

/** A schema's name: `tenant_` and 26 letters of lower-case base32. Made by `newSchemaName`, never from user input. */
export type SchemaName = Brand<string, "SchemaName">;

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
