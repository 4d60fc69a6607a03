import { and, eq, gt, ne } from "drizzle-orm";
import { z } from "zod";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { subdomains, tenants } from "../../db/control/schema/tenants.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { describeActor } from "../access/actor.ts";
import { authorizeOn, isPlatform } from "../access/tenant_access.ts";
import { changedFields, describeChanges } from "../audit/changes.ts";
import { type AuditAction, recordAuditOf, recordPlatformAudit } from "../audit/audit_log.ts";
import type { SystemContext } from "../context.ts";
import { conflict, invalid, notFound, suspended } from "../errors.ts";
import { releaseHeldJobs } from "../outbox/outbox.ts";
import { after, DAY } from "../platform/clock.ts";
import { isId } from "../platform/ids.ts";
import { isVisible, multiLine } from "../platform/text.ts";
import { isSchemaThere } from "./admission.ts";
import { rejectReserved, subdomainForm } from "./subdomains.ts";
import type { Tenant, TenantId } from "./tenant.ts";
import { announceChange, TENANTS } from "./tenant_directory.ts";
import { ON_ITS_SCHEMA, TENANT_FIELDS, toTenant } from "./tenant_rows.ts";
import { mailOwners } from "./owners.ts";
import { newTenant, refuseTaken, takeSubdomain } from "./tenants.ts";
import { SETTINGS_MANAGE, TENANT_DELETE, TENANTS_MANAGE } from "./permissions.ts";
import { authorize } from "../access/authorize.ts";

export const DELETION_GRACE_DAYS = 30;
export const REDIRECT_DAYS = 90;
const MAX_FORMER_SUBDOMAINS = 5;
const PLATFORM_STAFF = "The people who run this service";
const MAX_REASON_LENGTH = 500;
const MAX_URL_LENGTH = 500;

/** What a tenant's mails look like. Null: like the product's own. */
const brand = z.object({
  brandColor: z.string().trim().toLowerCase().regex(/^#[0-9a-f]{6}$/, "Use a color such as #0b6b58.")
    .nullable(),
  logoUrl: z.string().trim().max(MAX_URL_LENGTH, `Use ${MAX_URL_LENGTH} characters at most.`)
    .pipe(
      z.url({
        protocol: /^https$/,
        hostname: z.regexes.domain,
        error: "Use an address that begins with https://.",
      }),
    )
    .nullable(),
});

export const tenantChanges = newTenant.pick({ name: true }).extend({
  subdomain: subdomainForm,
  ...brand.shape,
})
  .partial();
export type TenantChanges = z.output<typeof tenantChanges>;

export const suspension = z.object({
  reason: multiLine(MAX_REASON_LENGTH).refine(
    isVisible,
    "Enter a reason. The workspace's members will read it.",
  ),
});

/**
 * Renames a tenant, moves it to another subdomain, gives its mails another look. The old subdomain leads to the new one
 * for 90 days, and nobody else can take it meanwhile. Throws `not_found`, `forbidden`, `suspended` to all but the platform,
 * or `invalid` on `subdomain`.
 */
export async function updateTenant(ctx: SystemContext, id: string, changes: TenantChanges): Promise<Tenant> {
  await authorizeOn(ctx, id, SETTINGS_MANAGE);
  return await change(ctx, id, async (tx, tenant) => {
    const before = {
      name: tenant.name,
      subdomain: tenant.subdomain,
      brandColor: tenant.brand.color,
      logoUrl: tenant.brand.logoUrl,
    };
    const { name, subdomain, ...brand } = changedFields(before, changes);
    const steps: Step[] = [];
    if (name) {
      steps.push({ set: { name }, action: "tenant.renamed", details: { from: before.name, to: name } });
    }
    if (subdomain) {
      rejectReserved(subdomain);
      await move(ctx, tx, tenant, subdomain);
      const details = { from: before.subdomain, to: subdomain };
      steps.push({ set: { subdomain }, action: "tenant.moved", details });
    }
    if (Object.keys(brand).length > 0) {
      steps.push({ set: brand, action: "tenant.rebranded", details: describeChanges(before, brand) });
    }
    return steps;
  });
}

/** Shuts a tenant for everyone until it is resumed. Its data stays. Throws `not_found`, `conflict` when it is shut. */
export async function suspendTenant(
  ctx: SystemContext,
  id: string,
  { reason }: z.output<typeof suspension>,
): Promise<Tenant> {
  authorize(ctx, TENANTS_MANAGE);
  return await change(ctx, id, (_, tenant) => {
    if (tenant.status === "suspended") throw conflict(`${tenant.name} is suspended already.`);
    const suspendedAt = ctx.services.clock.now();
    return [{
      set: { status: "suspended", suspendedAt, suspensionReason: reason },
      action: "tenant.suspended",
      details: { reason },
    }];
  });
}

/** Opens a suspended tenant again. Throws `not_found`, `conflict` when it isn't suspended. */
export async function resumeTenant(ctx: SystemContext, id: string): Promise<Tenant> {
  authorize(ctx, TENANTS_MANAGE);
  return await change(ctx, id, async (tx, tenant) => {
    if (tenant.status !== "suspended") throw conflict(`${tenant.name} is not suspended.`);
    await releaseHeldJobs(ctx, tx, tenant.id);
    return [{
      set: { status: "active", suspendedAt: null, suspensionReason: null },
      action: "tenant.resumed",
    }];
  });
}

/**
 * Has a tenant deleted in 30 days. Until then it works as before, and its owners can take the decision back.
 * Throws `not_found`, `forbidden`, `conflict` when that is scheduled already.
 */
export async function scheduleDeletion(ctx: SystemContext, id: string): Promise<Tenant> {
  await authorizeOn(ctx, id, TENANT_DELETE);
  return await change(ctx, id, async (tx, tenant) => {
    if (tenant.deletionDueAt) throw conflict(`${tenant.name} is to be deleted already.`);
    const deletionDueAt = after(ctx.services.clock.now(), DELETION_GRACE_DAYS * DAY);
    const details = { due: deletionDueAt.toISOString() };
    const requestedBy = ctx.actor.type === "system" ? PLATFORM_STAFF : describeActor(ctx.actor).name;
    await mailOwners(ctx, tx, tenant.id, { message: "deletion_scheduled", requestedBy });
    return [{ set: { deletionDueAt }, action: "tenant.deletion_scheduled", details }];
  });
}

/** Takes a scheduled deletion back. Throws `not_found`, `forbidden`, `conflict` when there is none. */
export async function cancelDeletion(ctx: SystemContext, id: string): Promise<Tenant> {
  await authorizeOn(ctx, id, TENANT_DELETE);
  return await change(ctx, id, (_, tenant) => {
    if (!tenant.deletionDueAt) throw conflict(`${tenant.name} is not to be deleted.`);
    return [{ set: { deletionDueAt: null }, action: "tenant.deletion_canceled" }];
  });
}

/** Whoever decides something that can't be undone types what it is about. Throws `invalid` on `confirmation`. */
export function checkConfirmation(expected: string, given: string | undefined): void {
  if (given?.trim() !== expected) throw invalid({ confirmation: `Type ${expected} here.` });
}

type Step = {
  set: Partial<typeof tenants.$inferInsert>;
  action: AuditAction;
  details?: Record<string, unknown>;
};

/** Does what `decide` says in one transaction, with a line for each step in the tenant's log and the platform's. */
async function change(
  ctx: SystemContext,
  id: string,
  decide: (tx: ControlTx, tenant: Tenant) => Step[] | Promise<Step[]>,
): Promise<Tenant> {
  if (!isId<TenantId>(id)) throw notFound("This workspace");
  const tenant = await ctx.tx(async (tx) => {
    const tenant = await lockTenant(tx, id);
    if (tenant.status === "suspended" && !isPlatform(ctx)) throw suspended();
    const steps = await decide(tx, tenant);
    if (steps.length === 0) return tenant;
    const set = Object.assign({ updatedAt: ctx.services.clock.now() }, ...steps.map((step) => step.set));
    const [row] = await refuseTaken(() => tx.update(tenants).set(set).where(eq(tenants.id, id)).returning());
    const changed = toTenant({ ...row!, schemaVersion: tenant.schemaVersion });
    await record(ctx, tx, changed, steps);
    await announceChange(tx, id);
    return changed;
  });
  ctx.services.use(TENANTS).forget(id);
  return tenant;
}

async function lockTenant(tx: ControlTx, id: TenantId): Promise<Tenant> {
  const [row] = await tx.select(TENANT_FIELDS).from(tenants).innerJoin(tenantSchemas, ON_ITS_SCHEMA)
    .where(and(eq(tenants.id, id), ne(tenants.status, "deleting"))).for("update");
  if (!row) throw notFound("This workspace");
  return toTenant(row);
}

/** A schema that waits for its migration, or is lost, has no log that could take the lines; the platform's has them. */
async function record(ctx: SystemContext, tx: ControlTx, tenant: Tenant, steps: Step[]): Promise<void> {
  const subject = { type: "tenant", id: tenant.id, name: tenant.name } as const;
  const entries = steps.map(({ action, details }) => ({ action, subject, details }));
  if (
    tenant.schemaVersion >= ctx.services.oldestServedVersion && await isSchemaThere(tx, tenant.schemaName)
  ) {
    for (const entry of entries) await recordAuditOf(ctx, tx, tenant.schemaName, entry);
  }
  for (const entry of entries) await recordPlatformAudit(ctx, tx, entry);
}

async function move(ctx: SystemContext, tx: ControlTx, tenant: Tenant, to: string): Promise<void> {
  const now = ctx.services.clock.now();
  const former = await tx.$count(
    subdomains,
    and(eq(subdomains.tenantId, tenant.id), ne(subdomains.name, to), gt(subdomains.expiresAt, now)),
  );
  if (former >= MAX_FORMER_SUBDOMAINS) {
    throw invalid({ subdomain: `This workspace has moved ${former} times lately. Try again in some weeks.` });
  }
  await takeSubdomain(tx, tenant.id, to, now);
  await tx.update(subdomains).set({ expiresAt: after(now, REDIRECT_DAYS * DAY) })
    .where(eq(subdomains.name, tenant.subdomain));
}
