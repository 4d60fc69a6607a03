import { and, eq, gt, ilike, isNotNull, ne, or, type Placeholder, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { subdomains, tenants } from "../../db/control/schema/tenants.ts";
import { users } from "../../db/control/schema/users.ts";
import { newestTenantMigration } from "../../db/migration/migrations.ts";
import { claimReadySchema, countReadySchemas, provisionSchema } from "../../db/migration/provision.ts";
import { userActor, type UserId } from "../access/actor.ts";
import { authorize } from "../access/authorize.ts";
import { PLANS } from "../billing/plans.ts";
import type { SystemContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { invalid, notFound, unavailable } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { SIGN_INS } from "../identity/sign_in_caches.ts";
import { isUniqueViolation } from "../platform/database_errors.ts";
import { newId } from "../platform/ids.ts";
import { list, type ListQuery, type Page, type PlacedPage, readingFrom } from "../platform/list.ts";
import { choiceFilter, searchFilter } from "../platform/list_filters.ts";
import { momentKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";
import { singleLine } from "../platform/text.ts";
import { WELCOME } from "./emails.ts";
import { TENANT_CREATED } from "./events.ts";
import { TENANTS_MANAGE } from "./permissions.ts";
import { subdomain, SUBDOMAIN_TAKEN } from "./subdomains.ts";
import type { Tenant, TenantId } from "./tenant.ts";
import { TENANTS } from "./tenant_directory.ts";
import { ON_ITS_SCHEMA, TENANT_FIELDS, toTenant } from "./tenant_rows.ts";
import { UPKEEP } from "./upkeep.ts";

const COMPANY_NAME_MISSING = problem("company_name_missing", "Enter your company name.");
const TOO_MANY_SIGN_UPS = problem(
  "too_many_sign_ups",
  "Too many people are signing up right now. Try again in a minute.",
);
const TOO_MANY_WORKSPACES = problem(
  "too_many_workspaces",
  "You have created {created} workspaces. Delete one to create another.",
);
const TENANT_NOT_FOUND = problem("named_tenant_not_found", 'The tenant "{tenant}" was not found.');

const MAX_NAME_LENGTH = 100;
const CLAIM_ATTEMPTS = 5;
const MAX_CREATED = 20;

export const newTenant = z.object({
  name: singleLine(MAX_NAME_LENGTH, COMPANY_NAME_MISSING),
  subdomain,
  plan: z.enum(PLANS).default("starter"),
});
export type NewTenant = z.output<typeof newTenant>;

type Owner = { id: UserId; name: string; email: string };

/**
 * Creates a tenant. Claims a ready schema, or creates one if none is ready. `findOwner` finds or creates the owner in the same
 * transaction. Throws `invalid` on `subdomain` if it is taken, and on `name` if the creator already has 20 tenants that they
 * created. The platform can create any number.
 */
export async function createTenant(
  ctx: SystemContext,
  input: NewTenant,
  findOwner: (tx: ControlTx) => Promise<Owner>,
): Promise<Tenant> {
  return await createAs(ctx, input, findOwner, ({ tenant }) => tenant);
}

/** Like `createTenant`, and also returns what `findOwner` returned. */
export async function createTenantFor<Found extends Owner>(
  ctx: SystemContext,
  input: NewTenant,
  findOwner: (tx: ControlTx) => Promise<Found>,
): Promise<Created<Found>> {
  return await createAs(ctx, input, findOwner, (created) => created);
}

type Created<Found> = { tenant: Tenant; owner: Found };

/** Returns what `report` makes of the new tenant, from the transaction on. */
async function createAs<Found extends Owner, Report extends object>(
  ctx: SystemContext,
  input: NewTenant,
  findOwner: (tx: ControlTx) => Promise<Found>,
  report: (created: Created<Found>) => Report,
): Promise<Report> {
  for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
    let ownerId: UserId | undefined;
    const reported = await ctx.tx(async (tx) => {
      const created = await createIn(ctx, tx, input, findOwner);
      ownerId = created?.owner.id;
      return created && report(created);
    });
    ctx.services.use(UPKEEP).wake();
    if (reported) {
      ctx.services.use(SIGN_INS).forgetWorkspaces(ownerId!);
      return reported;
    }
    await provisionSchema(ctx.services.db);
  }
  throw unavailable(TOO_MANY_SIGN_UPS);
}

/** Returns null if no schema is ready. */
async function createIn<Found extends Owner>(
  ctx: SystemContext,
  tx: ControlTx,
  input: NewTenant,
  findOwner: (tx: ControlTx) => Promise<Found>,
): Promise<Created<Found> | null> {
  const now = ctx.services.clock.now();
  const schemaName = await claimReadySchema(tx, now);
  if (!schemaName) return null;
  const owner = await findOwner(tx);
  const createdBy = creatorOf(ctx, owner);
  if (createdBy) await checkCreationLimit(tx, createdBy);
  const id = newId<TenantId>();
  const row = { ...input, id, schemaName, createdBy, createdAt: now, updatedAt: now };
  const [tenant] = await rejectTakenSubdomain(() => tx.insert(tenants).values(row).returning());
  await takeSubdomain(tx, id, input.subdomain, now);
  await tx.insert(memberships).values({
    id: newId(),
    tenantId: id,
    userId: owner.id,
    role: "owner",
    createdAt: now,
  });

  await sendEmail(ctx, tx, WELCOME, { userId: owner.id }, { tenantId: id });

  const acting = ctx.actor.type === "visitor" ? { ...ctx, actor: ownerActor(owner) } : ctx;
  await publish(acting, tx, TENANT_CREATED, { after: { id, name: input.name }, schema: schemaName });
  const { version } = await newestTenantMigration();
  return { tenant: toTenant({ ...tenant!, schemaVersion: version }), owner };
}

/** The user who creates a tenant for themselves, either signed in or signing up. Null for the platform. */
function creatorOf({ actor }: SystemContext, owner: Owner): UserId | null {
  if (actor.type === "system") return null;
  return actor.type === "visitor" || actor.type === "key" ? owner.id : actor.id;
}

/** Locks the user's row before it counts, so that concurrent requests can't exceed the limit together. */
async function checkCreationLimit(tx: ControlTx, userId: UserId): Promise<void> {
  await tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for("no key update");
  const created = await tx.$count(tenants, eq(tenants.createdBy, userId));
  if (created >= MAX_CREATED) {
    throw invalid({ name: TOO_MANY_WORKSPACES.with({ created }) });
  }
}

/**
 * Assigns the subdomain `name` to the tenant. The name may be free, expired, or a former name of the same tenant.
 * Throws `invalid` on the field `subdomain` if another tenant has it.
 */
export async function takeSubdomain(
  tx: ControlTx,
  tenantId: TenantId,
  name: string,
  now: Date,
): Promise<void> {
  const taken = await tx.insert(subdomains).values({ name, tenantId }).onConflictDoUpdate({
    target: subdomains.name,
    set: { tenantId, expiresAt: null },
    setWhere: sql`${subdomains.expiresAt} <= ${now.toISOString()} or ${subdomains.tenantId} = ${tenantId}`,
  }).returning({ name: subdomains.name });
  if (taken.length === 0) throw takenError();
}

/** Runs a change of the table `tenants`. Throws `invalid` if another tenant has the subdomain. */
export async function rejectTakenSubdomain<T>(change: () => PromiseLike<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (isUniqueViolation(error, "tenants_subdomain_unique")) throw takenError();
    throw error;
  }
}

/** The tenant with this id or subdomain. Throws `not_found`. */
export async function getTenant(ctx: SystemContext, idOrSubdomain: string): Promise<Tenant> {
  const directory = ctx.services.use(TENANTS);
  const tenant = await directory.findById(idOrSubdomain) ?? await directory.findBySubdomain(idOrSubdomain);
  if (!tenant) throw notFound(TENANT_NOT_FOUND.with({ tenant: idOrSubdomain }));
  return tenant;
}

const MEMBERS = sql<number>`(select count(*)::int from ${memberships} where tenant_id = ${tenants.id})`;

const STATUSES = {
  active: eq(tenants.status, "active"),
  suspended: eq(tenants.status, "suspended"),
  deletion: isNotNull(tenants.deletionDueAt),
};

export const TENANT_LIST = list("tenants", {
  select: (db) =>
    db.select({ ...TENANT_FIELDS, members: MEMBERS }).from(tenants).innerJoin(tenantSchemas, ON_ITS_SCHEMA),
  id: tenants.id,
  sorts: { createdAt: momentKey(tenants.createdAt) },
  defaultSort: "-createdAt",
  filters: { search: searchFilter(matches), status: choiceFilter(STATUSES) },
  where: ne(tenants.status, "deleting"),
  count: (db, counts) => db.select(counts).from(tenants),
  tabs: "status",
});

export type TenantFilter = keyof typeof STATUSES;
export const TENANT_FILTERS = Object.keys(STATUSES) as TenantFilter[];
export type ListedTenant = Tenant & { members: number };

/** All tenants for staff, newest first. `search` matches names, subdomains, and owners' addresses. */
export async function listTenants(
  ctx: SystemContext,
  query: ListQuery<typeof TENANT_LIST>,
): Promise<Page<ListedTenant>> {
  authorize(ctx, TENANTS_MANAGE);
  const page = await TENANT_LIST.page(ctx.control, query);
  return { ...page, items: page.items.map(toListed) };
}

/** Like `listTenants`, with the page's place in the list and the number of tenants on each tab. */
export async function browseTenants(
  ctx: SystemContext,
  query: ListQuery<typeof TENANT_LIST>,
): Promise<PlacedPage<ListedTenant, TenantFilter>> {
  authorize(ctx, TENANTS_MANAGE);
  const page = await TENANT_LIST.placedPage<TenantFilter>(readingFrom(ctx.control), query);
  return { ...page, items: page.items.map(toListed) };
}

/** The number of schemas that are ready for new tenants. */
export async function countReadyTenants(ctx: SystemContext): Promise<number> {
  authorize(ctx, TENANTS_MANAGE);
  return await countReadySchemas(ctx.services.db);
}

/** The tenant's former subdomains that still redirect to it, and when each expires. */
export async function listFormerSubdomains(ctx: SystemContext, tenantId: TenantId) {
  const rows = await ctx.control.select().from(subdomains)
    .where(and(eq(subdomains.tenantId, tenantId), gt(subdomains.expiresAt, ctx.services.clock.now())))
    .orderBy(subdomains.expiresAt);
  return rows.map(({ name, expiresAt }) => ({ subdomain: name, expiresAt: expiresAt! }));
}

function matches(pattern: Placeholder): SQL {
  const owners = sql`exists (select from ${memberships} join ${users} on ${users.id} = ${memberships.userId}
    where ${memberships.tenantId} = ${tenants.id} and ${memberships.role} = 'owner' and ${users.email} ilike ${pattern})`;
  return or(ilike(tenants.name, pattern), ilike(tenants.subdomain, pattern), owners)!;
}

function toListed(row: Parameters<typeof toTenant>[0] & { members: number }): ListedTenant {
  return { ...toTenant(row), members: row.members };
}

function ownerActor({ id, name, email }: Owner) {
  return userActor({ id, name, email });
}

function takenError() {
  return invalid({ subdomain: SUBDOMAIN_TAKEN });
}
