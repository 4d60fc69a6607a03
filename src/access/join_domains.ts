import { and, asc, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { joinDomains } from "../../db/control/schema/invitations.ts";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { MemberContext, SystemContext, TenantContext } from "../context.ts";
import { invalid, notFound } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { SIGN_INS } from "../identity/sign_in_caches.ts";
import { findUserById, lockUser } from "../identity/users.ts";
import { isId, newId } from "../platform/ids.ts";
import { oneOf } from "../platform/list_filters.ts";
import { problem } from "../platform/problem.ts";
import { admit } from "../tenancy/admission.ts";
import { type Tenant, WORKSPACE_NOT_FOUND } from "../tenancy/tenant.ts";
import { ON_ITS_SCHEMA, TENANT_FIELDS, toTenant } from "../tenancy/tenant_rows.ts";
import type { UserId } from "./actor.ts";
import { authorize, authorizeSelf } from "./authorize.ts";
import { requireConfirmedEmail } from "./confirmed_email.ts";
import { DOMAIN_CLOSED, DOMAIN_OPENED } from "./events.ts";
import { requireGrantable } from "./granting.ts";
import { join } from "./joining.ts";
import { MEMBERS_MANAGE } from "./members.ts";
import { domainOf, isPublicEmailDomain } from "./public_email_domains.ts";

const DOMAIN_NOT_FOUND = problem("join_domain_not_found", "This domain was not found.");
const DOMAIN_NOT_YOURS = problem(
  "domain_not_yours",
  "You can only open the domain of your own email, {domain}.",
);
const DOMAIN_IS_PUBLIC = problem(
  "domain_is_public",
  "Anyone can get an address at {domain}. Invite people instead.",
);

const MAX_SHOWN = 20;
/** Nobody becomes more than a member by their address alone. */
export const JOIN_ROLES = joinDomains.role.enumValues;

export const newJoinDomain = z.object({
  domain: z.string().trim().toLowerCase().max(253),
  role: oneOf(JOIN_ROLES).default("member"),
});

/** An email domain whose people may join without an invitation. */
export type JoinDomain = { id: string; domain: string; role: typeof JOIN_ROLES[number]; createdAt: Date };

const FIELDS = {
  id: joinDomains.id,
  domain: joinDomains.domain,
  role: joinDomains.role,
  createdAt: joinDomains.createdAt,
};

/** The tenant's domains, in alphabetical order. */
export async function listJoinDomains(ctx: TenantContext): Promise<JoinDomain[]> {
  authorize(ctx, MEMBERS_MANAGE);
  return await ctx.services.db.control.select(FIELDS).from(joinDomains)
    .where(eq(joinDomains.tenantId, ctx.tenant.id)).orderBy(asc(joinDomains.domain));
}

/**
 * Lets everyone with a confirmed address at the actor's own email domain join, or changes their role. The actor's confirmed
 * address proves the domain. Throws `invalid` on `domain` for any other domain and for those of public providers, or `forbidden`.
 */
export async function openToDomain(
  ctx: MemberContext,
  { domain, role }: z.output<typeof newJoinDomain>,
): Promise<JoinDomain> {
  authorize(ctx, MEMBERS_MANAGE);
  requireGrantable(ctx, role);
  await requireConfirmedEmail(ctx);
  const own = domainOf(ctx.actor.email);
  if (domain !== own) throw invalid({ domain: DOMAIN_NOT_YOURS.with({ domain: own }) });
  if (isPublicEmailDomain(domain)) throw invalid({ domain: DOMAIN_IS_PUBLIC.with({ domain }) });
  const { tenant: { id: tenantId, schemaName: schema }, system, services } = ctx;
  return await system.tx(async (tx) => {
    const values = { id: newId(), tenantId, domain, role, createdAt: services.clock.now() };
    const [row] = await tx.insert(joinDomains).values(values)
      .onConflictDoUpdate({ target: [joinDomains.tenantId, joinDomains.domain], set: { role } })
      .returning(FIELDS);
    const after = { id: row!.id, name: domain };
    await publish(system, tx, DOMAIN_OPENED, { after, details: { role }, schema });
    return row!;
  });
}

/** Nobody can join by this domain any longer. Members stay. Throws `not_found`. */
export async function closeToDomain(ctx: TenantContext, id: string): Promise<JoinDomain> {
  authorize(ctx, MEMBERS_MANAGE);
  if (!isId(id)) throw notFound(DOMAIN_NOT_FOUND);
  const { tenant, system } = ctx;
  return await system.tx(async (tx) => {
    const isOwn = and(eq(joinDomains.id, id), eq(joinDomains.tenantId, tenant.id));
    const [row] = await tx.delete(joinDomains).where(isOwn).returning(FIELDS);
    if (!row) throw notFound(DOMAIN_NOT_FOUND);
    const before = { id, name: row.domain };
    await publish(system, tx, DOMAIN_CLOSED, { before, schema: tenant.schemaName });
    return row;
  });
}

/** The tenants that a person can join by their confirmed address, in the order of their names. */
export async function listJoinable(ctx: SystemContext, userId: UserId): Promise<Tenant[]> {
  authorizeSelf(ctx, userId);
  const user = await findUserById(ctx.control, userId);
  if (!user?.emailVerifiedAt) return [];
  const isTheirs = and(eq(memberships.tenantId, tenants.id), eq(memberships.userId, userId));
  const rows = await ctx.control.select(TENANT_FIELDS).from(joinDomains)
    .innerJoin(tenants, eq(tenants.id, joinDomains.tenantId))
    .innerJoin(tenantSchemas, ON_ITS_SCHEMA)
    .leftJoin(memberships, isTheirs)
    .where(
      and(eq(joinDomains.domain, domainOf(user.email)), eq(tenants.status, "active"), isNull(memberships.id)),
    )
    .orderBy(asc(tenants.name)).limit(MAX_SHOWN);
  return rows.map(toTenant);
}

/** Makes a person a member of a tenant that they can join. Throws `not_found` for any other tenant, or `limit_reached`. */
export async function joinByDomain(ctx: SystemContext, userId: UserId, tenantId: string): Promise<Tenant> {
  authorizeSelf(ctx, userId);
  const tenant = (await listJoinable(ctx, userId)).find(({ id }) => id === tenantId);
  if (!tenant) throw notFound(WORKSPACE_NOT_FOUND);
  admit(ctx.services, tenant);
  await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    const user = await findUserById(tx, userId);
    const [open] = await tx.select(FIELDS).from(joinDomains)
      .where(and(eq(joinDomains.tenantId, tenant.id), eq(joinDomains.domain, domainOf(user!.email))));
    if (!open || !user?.emailVerifiedAt) throw notFound(WORKSPACE_NOT_FOUND);
    await join(ctx, tx, tenant, user, open.role);
  });
  ctx.services.use(SIGN_INS).forgetMember(tenant.id, userId);
  return tenant;
}
