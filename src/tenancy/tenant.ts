import type { TenantId } from "../../db/ids.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import { type PlanKey, planOf } from "../billing/plans.ts";
import { problem } from "../platform/problem.ts";
import type { TimeZonePeriod } from "./time_zones.ts";

export const WORKSPACE_NOT_FOUND = problem("workspace_not_found", "This workspace was not found.");

export type { TenantId };
/** A tenant that is `deleting` is hidden from everyone while its data is being permanently deleted. */
export type TenantStatus = "active" | "suspended" | "deleting";

/** What staff allow a tenant beside its plan: another limit (null for none), or a feature. It ends at `endsAt`, if given. */
export type Override =
  & { readonly key: string; readonly endsAt: Date | null }
  & ({ readonly limit: number | null } | { readonly allowed: boolean });

/** A company that uses the product. Each tenant has its own schema and role in the database. */
export type Tenant = {
  id: TenantId;
  name: string;
  subdomain: string;
  /** The custom domain that links use. Null: they use the subdomain, as they do while the plan has no custom domains. */
  primaryDomain: string | null;
  schemaName: SchemaName;
  /** The newest migration that was applied to the schema. */
  schemaVersion: string;
  /** The plan that applies when the tenant was read. */
  plan: PlanKey;
  planVersion: number;
  /** When the tenant will be on Starter, or null if its plan has no end. */
  planUntil: Date | null;
  /** When the workspace becomes or became read-only, because a payment failed. Null if it doesn't. */
  restrictedFrom: Date | null;
  overrides: readonly Override[];
  status: TenantStatus;
  suspension: { at: Date; reason: string } | null;
  /** When the tenant will be deleted, or null if no deletion is scheduled. */
  deletionDueAt: Date | null;
  /** From when on members need a second factor, or null if they don't. */
  secondFactorFrom: Date | null;
  brand: TenantBrand;
  /** The websites whose scripts may call the API on the tenant's host. */
  apiOrigins: readonly string[];
  /** The time zones of the tenant's days, one after another. None: UTC. */
  timeZones: readonly TimeZonePeriod[];
  createdAt: Date;
};

/** The tenant as of `now`: on Starter if its plan has ended. */
export function withCurrentPlan<
  Planned extends Pick<Tenant, "plan" | "planVersion" | "planUntil" | "restrictedFrom">,
>(
  tenant: Planned,
  now: Date,
): Planned {
  if (tenant.planUntil === null || tenant.planUntil > now) return tenant;
  return {
    ...tenant,
    plan: "starter",
    planVersion: planOf("starter").version,
    planUntil: null,
    restrictedFrom: null,
  };
}

/** The look of a tenant's mark, sign-in page and emails. */
export type TenantBrand = {
  /** `#rrggbb`, or null for the product's color. */
  color: string | null;
  /** The version of the logo, which its URL contains. Null if there is no logo. */
  logo: string | null;
};

/** The origin that links to a tenant use: its primary domain, or else its subdomain. */
export function tenantUrl(appUrl: URL, tenant: Pick<Tenant, "subdomain" | "primaryDomain">): string {
  return tenant.primaryDomain === null
    ? subdomainUrl(appUrl, tenant)
    : customDomainUrl(appUrl, tenant.primaryDomain);
}

/**
 * The origin of a tenant's subdomain, such as `http://acme.localhost:8000`. It always answers, and belongs to the installation: what
 * asks for passwords, and what has to work for years, is there.
 */
export function subdomainUrl(appUrl: URL, tenant: Pick<Tenant, "subdomain">): string {
  return `${appUrl.protocol}//${tenant.subdomain}.${appUrl.host}`;
}

/** The origin of a custom domain. It has the port of `APP_URL`. */
export function customDomainUrl(appUrl: URL, domain: string): string {
  return `${appUrl.protocol}//${domain}${appUrl.port && `:${appUrl.port}`}`;
}

/** The URL of a tenant's logo on the apex, which works on every host and in emails. Null if there is no logo. */
export function logoUrl(appUrl: URL, { id, brand }: Pick<Tenant, "id" | "brand">): string | null {
  return brand.logo && `${appUrl.origin}/brand/${id}/logo?v=${brand.logo}`;
}
