import { asc, eq } from "drizzle-orm";
import { z } from "zod";
import { memberships, tenants } from "../../db/control/schema.ts";
import { provisionTenant } from "../../db/provision.ts";
import { newSchemaName, parseSchemaName } from "../../db/schema_name.ts";
import type { ControlTx } from "../../db/with_tenant.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { invalid, notFound } from "../errors.ts";
import { isUniqueViolation } from "../platform/database_errors.ts";
import { newId } from "../platform/ids.ts";
import { singleLine } from "../platform/text.ts";
import { subdomain } from "./subdomains.ts";
import type { Tenant, TenantId } from "./tenant.ts";

const MAX_NAME_LENGTH = 100;
const LIST_LIMIT = 1_000;

export const newTenant = z.object({
  name: singleLine(MAX_NAME_LENGTH),
  subdomain,
  plan: z.enum(["starter", "team", "premium", "enterprise"]).default("starter"),
});
export type NewTenant = z.output<typeof newTenant>;

/**
 * Makes a tenant with its schema, its role and its owner's membership, in the caller's transaction.
 * Throws `invalid` on the field `subdomain` when it is taken.
 */
export async function createTenant(
  ctx: SystemContext,
  tx: ControlTx,
  input: NewTenant,
  owner: UserId,
): Promise<Tenant> {
  const now = ctx.services.clock.now();
  const id = newId() as TenantId;
  const schemaName = newSchemaName();
  const values = { ...input, id, schemaName, status: "active" as const, createdAt: now, updatedAt: now };
  await refuseTaken(() => tx.insert(tenants).values(values));
  await tx.insert(memberships).values({
    id: newId(),
    tenantId: id,
    userId: owner,
    role: "owner",
    createdAt: now,
  });
  await provisionTenant(tx, id, schemaName);
  return toTenant(values);
}

/** All tenants by subdomain, up to 1,000 from `after` on. */
export async function listTenants(ctx: SystemContext): Promise<Tenant[]> {
  const rows = await ctx.control.select().from(tenants).orderBy(asc(tenants.subdomain)).limit(LIST_LIMIT);
  return rows.map(toTenant);
}

/** The tenant with this id or subdomain. Throws `not_found`. */
export async function getTenant(ctx: SystemContext, idOrSubdomain: string): Promise<Tenant> {
  const directory = ctx.services.tenants;
  const tenant = await directory.findById(idOrSubdomain) ?? await directory.findBySubdomain(idOrSubdomain);
  if (!tenant) throw notFound(`The tenant "${idOrSubdomain}"`);
  return tenant;
}

/** Whether a subdomain belongs to a tenant already. */
export async function isSubdomainTaken(ctx: SystemContext, name: string): Promise<boolean> {
  return (await ctx.control.$count(tenants, eq(tenants.subdomain, name))) > 0;
}

/** The address of a tenant's host, such as `http://acme.localhost:8000`. */
export function tenantUrl(appUrl: URL, tenant: { subdomain: string }): string {
  return `${appUrl.protocol}//${tenant.subdomain}.${appUrl.host}`;
}

export function toTenant(row: Omit<typeof tenants.$inferSelect, "updatedAt">): Tenant {
  const { name, subdomain, plan, status, createdAt } = row;
  return {
    id: row.id as TenantId,
    name,
    subdomain,
    schemaName: parseSchemaName(row.schemaName),
    plan,
    status,
    createdAt,
  };
}

async function refuseTaken(insert: () => PromiseLike<unknown>): Promise<void> {
  try {
    await insert();
  } catch (error) {
    if (isUniqueViolation(error, "tenants_subdomain_unique")) {
      throw invalid({ subdomain: "This address is taken." });
    }
    throw error;
  }
}
