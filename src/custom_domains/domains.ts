import { and, asc, eq, inArray } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { customDomains } from "../../db/control/schema/custom_domains.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { authorize, authorizeReading } from "../access/authorize.ts";
import { isEntitled, requireFeature } from "../billing/plan_features.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { conflict, invalid, notFound } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { requireRecentSignIn } from "../identity/recent_sign_in.ts";
import { endSessionsOnDomain } from "../identity/sessions.ts";
import { SIGN_INS } from "../identity/sign_in_caches.ts";
import { after, DAY } from "../platform/clock.ts";
import { newToken } from "../platform/crypto.ts";
import { isUniqueViolation } from "../platform/database_errors.ts";
import { isId, newId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { domainName, requireOwnable } from "../sending_domains/domain_name.ts";
import { TENANTS_MANAGE } from "../tenancy/permissions.ts";
import type { Tenant } from "../tenancy/tenant.ts";
import { announceChange, TENANTS } from "../tenancy/tenant_directory.ts";
import {
  CUSTOM_DOMAIN_ADDED,
  CUSTOM_DOMAIN_REMOVED,
  PRIMARY_DOMAIN_SET,
  PRIMARY_DOMAIN_UNSET,
} from "./events.ts";
import { LIVE_HOSTS, LIVE_STATUSES } from "./live_hosts.ts";
import { CUSTOM_DOMAINS, DOMAINS_MANAGE } from "./permissions.ts";
import { type TxtRecord, txtRecordOf } from "./txt_record.ts";

const DOMAIN_NOT_FOUND = problem("custom_domain_not_found", "This domain was not found.");
const DOMAIN_ADDED_ALREADY = problem("custom_domain_added_already", "{domain} is in the list already.");
const TOO_MANY_DOMAINS = problem("custom_domains_too_many", "A workspace can have {maximum} domains.");
const DOMAIN_NOT_LIVE = problem("custom_domain_not_live", "Verify {domain} first.");

export const MAX_DOMAINS = 5;

export const newCustomDomain = z.object({ domain: domainName });
export const customDomainChanges = z.object({ primary: z.boolean() });

export type CustomDomainRow = typeof customDomains.$inferSelect;

/** A domain where the workspace answers once it is verified, and the DNS record that proves it. */
export type CustomDomain =
  & Pick<
    CustomDomainRow,
    "id" | "domain" | "status" | "failingSince" | "checkedAt" | "verifiedAt" | "createdAt"
  >
  & {
    /** Whether links use it. The other domains of the workspace redirect to it. */
    primary: boolean;
    /** Whether it answers: it is verified, and the plan includes custom domains. */
    live: boolean;
    record: TxtRecord;
    /** What the last check found at the record's name. */
    found: string[];
  };

/** The tenant's domains, the oldest first. */
export async function listCustomDomains(ctx: TenantContext): Promise<CustomDomain[]> {
  authorizeReading(ctx, DOMAINS_MANAGE);
  return await list(ctx.system, ctx.tenant);
}

/** Like `listCustomDomains`, for the platform's staff. Throws `forbidden` for anyone else. */
export async function listDomainsOf(ctx: SystemContext, tenant: Tenant): Promise<CustomDomain[]> {
  authorize(ctx, TENANTS_MANAGE);
  return await list(ctx, tenant);
}

async function list({ control, services }: SystemContext, tenant: Tenant): Promise<CustomDomain[]> {
  const rows = await control.select({ row: customDomains, primary: tenants.primaryDomain }).from(
    customDomains,
  )
    .innerJoin(tenants, eq(tenants.id, customDomains.tenantId))
    .where(eq(customDomains.tenantId, tenant.id)).orderBy(asc(customDomains.createdAt), asc(customDomains.id))
    .limit(MAX_DOMAINS);
  return rows.map(({ row, primary }) => describe({ services, tenant }, row, primary));
}

/** Throws `not_found`. */
export async function getCustomDomain(ctx: TenantContext, id: string): Promise<CustomDomain> {
  const found = (await listCustomDomains(ctx)).find((one) => one.id === id);
  if (!found) throw notFound(DOMAIN_NOT_FOUND);
  return found;
}

/**
 * Adds a domain, which has to be verified. Adding says nothing about who owns it, so other tenants may add it as well. Throws
 * `invalid` on `domain` if it can't be the tenant's own, `conflict` if there are too many, `reauthentication_required`, or
 * `feature_not_in_plan`.
 */
export async function addCustomDomain(
  ctx: TenantContext,
  { domain }: z.output<typeof newCustomDomain>,
): Promise<CustomDomain> {
  authorize(ctx, DOMAINS_MANAGE);
  requireFeature(ctx, CUSTOM_DOMAINS);
  await requireRecentSignIn(ctx);
  const { services, system, tenant } = ctx;
  await requireOwnable(services.config, domain);
  const now = services.clock.now();
  try {
    return await system.tx(async (tx) => {
      const primary = await lockPrimary(ctx, tx);
      const count = await tx.$count(customDomains, eq(customDomains.tenantId, tenant.id));
      if (count >= MAX_DOMAINS) throw conflict(TOO_MANY_DOMAINS.with({ maximum: MAX_DOMAINS }));
      const [row] = await tx.insert(customDomains).values({
        id: newId(),
        tenantId: tenant.id,
        domain,
        token: newToken(),
        nextCheckAt: after(now, DAY),
        createdAt: now,
      }).returning();
      await publish(system, tx, CUSTOM_DOMAIN_ADDED, { after: named(row!), schema: tenant.schemaName });
      return describe(ctx, row!, primary);
    });
  } catch (error) {
    if (!isUniqueViolation(error, "custom_domains_of_tenant")) throw error;
    throw invalid({ domain: DOMAIN_ADDED_ALREADY.with({ domain }) });
  }
}

/**
 * Makes links use the domain, and the tenant's other domains redirect to it; or makes links use the subdomain again. Throws
 * `not_found`, `conflict` if the domain isn't verified, or, to make it primary, `feature_not_in_plan` or `reauthentication_required`.
 */
export async function setPrimary(
  ctx: TenantContext,
  id: string,
  { primary }: z.output<typeof customDomainChanges>,
): Promise<CustomDomain> {
  authorize(ctx, DOMAINS_MANAGE);
  if (primary) {
    requireFeature(ctx, CUSTOM_DOMAINS);
    await requireRecentSignIn(ctx); // everyone's session goes where this says
  }
  const { system, tenant } = ctx;
  const changed = await system.tx(async (tx) => {
    const before = await lockPrimary(ctx, tx);
    const row = await getLockedRow(ctx, tx, id);
    if (primary && !isLiveStatus(row.status)) throw conflict(DOMAIN_NOT_LIVE.with({ domain: row.domain }));
    if (primary === (before === row.domain)) return describe(ctx, row, before);
    const after = primary ? row.domain : null;
    await writePrimary(ctx, tx, after);
    const event = primary ? PRIMARY_DOMAIN_SET : PRIMARY_DOMAIN_UNSET;
    await publish(system, tx, event, { after: named(row), schema: tenant.schemaName });
    return describe(ctx, row, after);
  });
  forget(ctx);
  return changed;
}

/** Removes a domain and ends the sessions there. Its TXT record proves nothing any longer. Throws `not_found`. */
export async function removeCustomDomain(ctx: TenantContext, id: string): Promise<CustomDomain> {
  authorize(ctx, DOMAINS_MANAGE);
  const { system, tenant } = ctx;
  const removed = await system.tx(async (tx) => {
    const primary = await lockPrimary(ctx, tx);
    const row = await getLockedRow(ctx, tx, id);
    await tx.delete(customDomains).where(eq(customDomains.id, id));
    await stopServing(ctx, tx, row.domain, primary);
    await publish(system, tx, CUSTOM_DOMAIN_REMOVED, { before: named(row), schema: tenant.schemaName });
    return describe(ctx, row, primary);
  });
  forget(ctx);
  return removed;
}

/** Ends the sessions on a domain that no longer answers, and makes links use the subdomain if they used the domain. */
export async function stopServing(
  ctx: TenantContext,
  tx: ControlTx,
  domain: string,
  primary: string | null,
): Promise<void> {
  await endSessionsOnDomain(ctx.system, tx, ctx.tenant.id, domain);
  if (primary === domain) await writePrimary(ctx, tx, null);
}

/** The tenant's primary domain. Locks the tenant's row, so that its domains change one after another. */
export async function lockPrimary({ tenant }: TenantContext, tx: ControlTx): Promise<string | null> {
  const [row] = await tx.select({ primary: tenants.primaryDomain }).from(tenants)
    .where(eq(tenants.id, tenant.id)).for("no key update");
  return row?.primary ?? null;
}

/** The row, locked until the transaction ends. Throws `not_found`. */
export async function getLockedRow(
  { tenant }: TenantContext,
  tx: ControlTx,
  id: string,
): Promise<CustomDomainRow> {
  if (!isId(id)) throw notFound(DOMAIN_NOT_FOUND);
  const [row] = await tx.select().from(customDomains)
    .where(and(eq(customDomains.id, id), eq(customDomains.tenantId, tenant.id))).for("update");
  if (!row) throw notFound(DOMAIN_NOT_FOUND);
  return row;
}

/** Makes this process see changed domains immediately. */
export function forget({ services, tenant }: TenantContext): void {
  services.use(LIVE_HOSTS).forget();
  services.use(TENANTS).forget(tenant.id);
  services.use(SIGN_INS).forgetTenant(tenant.id);
}

export function describe(
  ctx: Pick<TenantContext, "services" | "tenant">,
  row: CustomDomainRow,
  primary: string | null,
): CustomDomain {
  const { id, domain, status, failingSince, checkedAt, verifiedAt, createdAt, found } = row;
  return {
    id,
    domain,
    status,
    failingSince,
    checkedAt,
    verifiedAt,
    createdAt,
    primary: primary === domain,
    live: isLiveStatus(status) && isEntitled(ctx, CUSTOM_DOMAINS),
    record: txtRecordOf(row),
    found,
  };
}

/** The row as events have it. */
export function named({ id, domain }: CustomDomainRow) {
  return { id, name: domain };
}

export function isLiveStatus(status: CustomDomainRow["status"]): boolean {
  return LIVE_STATUSES.some((live) => live === status);
}

/** The row of the tenant that has the domain live. */
export function isLiveRow(domain: string) {
  return and(eq(customDomains.domain, domain), inArray(customDomains.status, [...LIVE_STATUSES]));
}

async function writePrimary(
  { tenant, services }: TenantContext,
  tx: ControlTx,
  primaryDomain: string | null,
): Promise<void> {
  await tx.update(tenants).set({ primaryDomain, updatedAt: services.clock.now() }).where(
    eq(tenants.id, tenant.id),
  );
  await announceChange(tx, tenant.id);
}
