import { and, eq, gt, ne } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { subdomains, tenants } from "../../db/control/schema/tenants.ts";
import { describeActor } from "../access/actor.ts";
import { authorize, can } from "../access/authorize.ts";
import { requestSyncOf } from "../billing/sync_request.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { conflict, invalid, notFound, suspended } from "../errors.ts";
import { changedFields, describeChanges } from "../events/changes.ts";
import type { Event } from "../events/event.ts";
import { publish } from "../events/publish.ts";
import { requireRecentSignIn } from "../identity/recent_sign_in.ts";
import { releaseHeldJobs } from "../outbox/outbox.ts";
import { after, DAY } from "../platform/clock.ts";
import { problem } from "../platform/problem.ts";
import { isVisible, multiLine } from "../platform/text.ts";
import { endVisits } from "../support/ending.ts";
import { logSchemaOf } from "./admission.ts";
import { apiOrigins } from "./api_origins.ts";
import { DELETION_SCHEDULED } from "./emails.ts";
import {
  TENANT_API_CHANGED,
  TENANT_DELETION_CANCELED,
  TENANT_DELETION_SCHEDULED,
  TENANT_MOVED,
  TENANT_REBRANDED,
  TENANT_RENAMED,
  TENANT_RESUMED,
  TENANT_SECURITY_CHANGED,
  TENANT_SUSPENDED,
  TENANT_TIME_ZONE_CHANGED,
} from "./events.ts";
import { emailOwners } from "./owners.ts";
import { SETTINGS_MANAGE, TENANT_DELETE, TENANTS_MANAGE } from "./permissions.ts";
import { rejectReserved, subdomainForm } from "./subdomains.ts";
import type { Tenant, TenantId } from "./tenant.ts";
import { WORKSPACE_NOT_FOUND } from "./tenant.ts";
import { announceChange, TENANTS } from "./tenant_directory.ts";
import { ON_ITS_SCHEMA, TENANT_FIELDS, toTenant } from "./tenant_rows.ts";
import { chosenZone, timeZone, toStored, withZone } from "./time_zones.ts";
import { newTenant, rejectTakenSubdomain, takeSubdomain } from "./tenants.ts";

const ALREADY_SUSPENDED = problem("already_suspended", "{workspace} is already suspended.");
const NOT_SUSPENDED = problem("not_suspended", "{workspace} is not suspended.");
const ALREADY_DELETING = problem(
  "already_scheduled_for_deletion",
  "{workspace} is already scheduled for deletion.",
);
const NOT_DELETING = problem("not_scheduled_for_deletion", "{workspace} is not scheduled for deletion.");
const CONFIRMATION_WRONG = problem("confirmation_wrong", "Type {expected} here.");
const MOVED_TOO_OFTEN = problem(
  "moved_too_often",
  "This workspace has moved {times} times recently. Try again in a few weeks.",
);
const BAD_COLOR = problem("brand_color_invalid", "Use a color such as #0b6b58.");
const REASON_MISSING = problem("reason_missing", "Enter a reason. The workspace's members will read it.");

export const DELETION_GRACE_DAYS = 30;
export const REDIRECT_DAYS = 90;
const MAX_FORMER_SUBDOMAINS = 5;
const PLATFORM_STAFF = "A service administrator";
const MAX_REASON_LENGTH = 500;
const MAX_GRACE_DAYS = 90;

export const tenantChanges = newTenant.pick({ name: true }).extend({
  subdomain: subdomainForm,
  /** Null means the product's color. */
  brandColor: z.string().trim().regex(/^#[0-9A-Fa-f]{6}$/, BAD_COLOR.code).toLowerCase()
    .nullable(),
  apiOrigins,
  /** The time zone of the tenant's days, from its next midnight on. */
  timeZone,
}).partial();
/** `logoVersion` names the logo that src/tenancy/brand.ts has stored. Null removes the logo. */
export type TenantChanges = z.output<typeof tenantChanges> & { logoVersion?: string | null };

/** In how many days members need a second factor. Null: they don't. */
export const signInRules = z.object({
  secondFactorGraceDays: z.int().min(0).max(MAX_GRACE_DAYS).nullable(),
});

export const suspension = z.object({
  reason: multiLine(MAX_REASON_LENGTH).refine(
    isVisible,
    REASON_MISSING.code,
  ),
});

/**
 * Renames the tenant, moves it to another subdomain, or changes its brand, its time zone, or the websites that may call its API. The
 * old subdomain redirects for 90 days, and no other tenant can take it during that time. `check` gets the tenant before the change,
 * and may throw. Throws `not_found`, `forbidden`, `suspended`, or `invalid` on `subdomain`.
 */
export async function updateTenant(
  ctx: TenantContext,
  changes: TenantChanges,
  check: (before: Tenant) => void = () => {},
): Promise<Tenant> {
  authorize(ctx, SETTINGS_MANAGE);
  return await change(ctx, async (tx, tenant) => {
    check(tenant);
    const before = {
      name: tenant.name,
      subdomain: tenant.subdomain,
      brandColor: tenant.brand.color,
      logoVersion: tenant.brand.logo,
      apiOrigins: tenant.apiOrigins,
      timeZone: chosenZone(tenant.timeZones),
    };
    const { name, subdomain, apiOrigins, timeZone, ...brand } = changedFields(before, changes);
    const steps: Step[] = [];
    if (name) steps.push({ set: { name }, event: TENANT_RENAMED, details: { from: before.name, to: name } });
    if (subdomain) {
      rejectReserved(subdomain);
      await move(ctx.system, tx, tenant, subdomain);
      const details = { from: before.subdomain, to: subdomain };
      steps.push({ set: { subdomain }, event: TENANT_MOVED, details });
    }
    if (apiOrigins) {
      const details = describeChanges(before, { apiOrigins });
      steps.push({ set: { apiOrigins: [...apiOrigins] }, event: TENANT_API_CHANGED, details });
    }
    if (timeZone) {
      const details = { from: before.timeZone, to: timeZone };
      const periods = withZone(tenant.timeZones, timeZone, ctx.services.clock.now());
      steps.push({ set: { timeZones: toStored(periods) }, event: TENANT_TIME_ZONE_CHANGED, details });
    }
    if (Object.keys(brand).length > 0) {
      steps.push({ set: brand, event: TENANT_REBRANDED, details: describeChanges(before, brand) });
    }
    return steps;
  });
}

/**
 * Requires a second factor of every member, after a grace period in which they can set one up, or no longer requires it. Throws
 * `forbidden` or `reauthentication_required`.
 */
export async function changeSignInRules(
  ctx: TenantContext,
  { secondFactorGraceDays }: z.output<typeof signInRules>,
): Promise<Tenant> {
  authorize(ctx, SETTINGS_MANAGE);
  await requireRecentSignIn(ctx);
  return await change(ctx, (_, tenant) => {
    const isRequired = tenant.secondFactorFrom !== null;
    if (secondFactorGraceDays === null && !isRequired) return [];
    const secondFactorFrom = secondFactorGraceDays === null
      ? null
      : after(ctx.services.clock.now(), secondFactorGraceDays * DAY);
    const details = { second_factor_from: secondFactorFrom?.toISOString() ?? null };
    return [{ set: { secondFactorFrom }, event: TENANT_SECURITY_CHANGED, details }];
  });
}

/**
 * Blocks all access to the tenant until it is resumed. Keeps its data. Throws `not_found`, or `conflict` if it is
 * already suspended.
 */
export async function suspendTenant(
  ctx: TenantContext,
  { reason }: z.output<typeof suspension>,
): Promise<Tenant> {
  authorize(ctx, TENANTS_MANAGE);
  return await change(ctx, async (tx, tenant) => {
    if (tenant.status === "suspended") throw conflict(ALREADY_SUSPENDED.with({ workspace: tenant.name }));
    await endVisits(ctx.system, tx, { id: tenant.id });
    const suspendedAt = ctx.services.clock.now();
    return [{
      set: { status: "suspended", suspendedAt, suspensionReason: reason },
      event: TENANT_SUSPENDED,
      details: { reason },
    }];
  });
}

/** Restores access to a suspended tenant. Throws `not_found`, or `conflict` if it isn't suspended. */
export async function resumeTenant(ctx: TenantContext): Promise<Tenant> {
  authorize(ctx, TENANTS_MANAGE);
  return await change(ctx, async (tx, tenant) => {
    if (tenant.status !== "suspended") throw conflict(NOT_SUSPENDED.with({ workspace: tenant.name }));
    await releaseHeldJobs(ctx.system, tx, tenant.id);
    const resumedAt = ctx.services.clock.now();
    const set = { status: "active", suspendedAt: null, suspensionReason: null, resumedAt } as const;
    return [{ set, event: TENANT_RESUMED }];
  });
}

/**
 * Schedules the tenant's deletion in 30 days. Until then it works as before, and an owner can cancel.
 * Throws `not_found`, `forbidden`, `reauthentication_required`, or `conflict` if a deletion is already scheduled.
 */
export async function scheduleDeletion(
  ctx: TenantContext,
  check: (before: Tenant) => void = () => {},
): Promise<Tenant> {
  authorize(ctx, TENANT_DELETE);
  await requireRecentSignIn(ctx);
  return await change(ctx, async (tx, tenant) => {
    check(tenant);
    if (tenant.deletionDueAt) throw conflict(ALREADY_DELETING.with({ workspace: tenant.name }));
    const deletionDueAt = after(ctx.services.clock.now(), DELETION_GRACE_DAYS * DAY);
    const requestedBy = ctx.actor.type === "system" ? PLATFORM_STAFF : describeActor(ctx.actor).name;
    await emailOwners(ctx.system, tx, tenant.id, DELETION_SCHEDULED, (userId) => ({ userId, requestedBy }));
    await requestSyncOf(ctx.system, tx, tenant.id); // which ends the subscription with its period
    const details = { due: deletionDueAt.toISOString() };
    return [{ set: { deletionDueAt }, event: TENANT_DELETION_SCHEDULED, details }];
  });
}

/** Cancels a scheduled deletion. Throws `not_found`, `forbidden`, or `conflict` if none is scheduled. */
export async function cancelDeletion(ctx: TenantContext): Promise<Tenant> {
  authorize(ctx, TENANT_DELETE);
  return await change(ctx, (_, tenant) => {
    if (!tenant.deletionDueAt) throw conflict(NOT_DELETING.with({ workspace: tenant.name }));
    return [{ set: { deletionDueAt: null }, event: TENANT_DELETION_CANCELED }];
  });
}

/** Users confirm an irreversible action by typing the name. Throws `invalid` on `confirmation`. */
export function checkConfirmation(expected: string, typed: string | undefined): void {
  if (typed?.trim() !== expected) throw invalid({ confirmation: CONFIRMATION_WRONG.with({ expected }) });
}

type Step = {
  set: Partial<typeof tenants.$inferInsert>;
  event: Event<Pick<Tenant, "id" | "name">, "platform">;
  details?: Record<string, unknown>;
};

/** Applies the steps that `decide` returns in one transaction, and publishes each step's event. */
async function change(
  ctx: TenantContext,
  decide: (tx: ControlTx, tenant: Tenant) => Step[] | Promise<Step[]>,
): Promise<Tenant> {
  const { id } = ctx.tenant;
  const tenant = await ctx.system.tx(async (tx) => {
    const tenant = await lockTenant(tx, id);
    if (tenant.status === "suspended" && !can(ctx, TENANTS_MANAGE)) throw suspended();
    const steps = await decide(tx, tenant);
    if (steps.length === 0) return tenant;
    const set = Object.assign({ updatedAt: ctx.services.clock.now() }, ...steps.map((step) => step.set));
    const [row] = await rejectTakenSubdomain(() =>
      tx.update(tenants).set(set).where(eq(tenants.id, id)).returning()
    );
    const changed = toTenant({ ...row!, schemaVersion: tenant.schemaVersion });
    await publishSteps(ctx.system, tx, changed, steps);
    await announceChange(tx, id);
    return changed;
  });
  ctx.services.use(TENANTS).forget(id);
  return tenant;
}

async function lockTenant(tx: ControlTx, id: TenantId): Promise<Tenant> {
  const [row] = await tx.select(TENANT_FIELDS).from(tenants).innerJoin(tenantSchemas, ON_ITS_SCHEMA)
    .where(and(eq(tenants.id, id), ne(tenants.status, "deleting"))).for("update");
  if (!row) throw notFound(WORKSPACE_NOT_FOUND);
  return toTenant(row);
}

async function publishSteps(ctx: SystemContext, tx: ControlTx, tenant: Tenant, steps: Step[]): Promise<void> {
  const schema = await logSchemaOf(ctx.services, tx, tenant);
  for (const { event, details } of steps) await publish(ctx, tx, event, { after: tenant, details, schema });
}

async function move(ctx: SystemContext, tx: ControlTx, tenant: Tenant, to: string): Promise<void> {
  const now = ctx.services.clock.now();
  const former = await tx.$count(
    subdomains,
    and(eq(subdomains.tenantId, tenant.id), ne(subdomains.name, to), gt(subdomains.expiresAt, now)),
  );
  if (former >= MAX_FORMER_SUBDOMAINS) {
    throw invalid({
      subdomain: MOVED_TOO_OFTEN.with({ times: former }),
    });
  }
  await takeSubdomain(tx, tenant.id, to, now);
  await tx.update(subdomains).set({ expiresAt: after(now, REDIRECT_DAYS * DAY) })
    .where(eq(subdomains.name, tenant.subdomain));
}
