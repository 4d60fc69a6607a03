import { and, eq, ne, type SQL, sql } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { roles } from "../../db/control/schema/roles.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { UserId } from "../access/actor.ts";
import { ON_CUSTOM_ROLE, ROLE_FIELDS, toRole } from "../access/member_role.ts";
import type { MemberRole } from "../access/permissions.ts";
import type { SystemContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { isId } from "../platform/ids.ts";
import { list, type ListQuery, type Page } from "../platform/list.ts";
import { nameKey } from "../platform/list_keys.ts";
import { normalizeSubdomain } from "./subdomains.ts";
import type { Tenant, TenantId } from "./tenant.ts";
import { WORKSPACE_NOT_FOUND } from "./tenant.ts";
import { ON_ITS_SCHEMA, TENANT_FIELDS, type TenantRow, toTenant } from "./tenant_rows.ts";

/** A tenant as one of its members sees it. */
export type Workspace = { tenant: Tenant; role: MemberRole };

/** The user whose workspaces to find. With `tenantId`, as in a `MemberActor`, only that workspace counts. */
export type WorkspaceMember = { id: UserId; tenantId?: TenantId };

export const WORKSPACE_LIST = list("workspaces", {
  select: selectWorkspaces,
  id: tenants.id,
  sorts: { name: nameKey(tenants.name) },
  defaultSort: "name",
  filters: {},
  where: ne(tenants.status, "deleting"),
  scope: {
    userId: (id) => eq(memberships.userId, id),
    tenantId: (id) => eq(memberships.tenantId, id),
  },
});

/** One page of a user's workspaces. Throws `invalid` for a cursor from another list. */
export async function pageWorkspaces(
  ctx: SystemContext,
  { id: userId, tenantId }: WorkspaceMember,
  query: ListQuery<typeof WORKSPACE_LIST>,
): Promise<Page<Workspace>> {
  const page = await WORKSPACE_LIST.page(ctx.control, query, { userId, tenantId });
  return { ...page, items: page.items.map(toWorkspace) };
}

/** All tenants of a user, in the order of their names. */
export async function listTenantsOf(ctx: SystemContext, userId: UserId): Promise<Tenant[]> {
  const rows = await selectWorkspaces(ctx.control).where(belongsTo({ id: userId })).orderBy(tenants.name);
  return rows.map(toTenant);
}

/** Selects the `id` and `subdomain` of the workspace of a user who has exactly one. */
export function selectOnlyWorkspace(member: WorkspaceMember): SQL {
  return sql`select (array_agg(${tenants.id}))[1] as id, (array_agg(${tenants.subdomain}))[1] as subdomain
    from ${memberships} join ${tenants} on ${tenants.id} = ${memberships.tenantId}
    where ${belongsTo(member)} having count(*) = 1`;
}

/** A user's workspace by its id. Null if there is no such tenant or the user is not a member. */
export async function findWorkspace(
  ctx: SystemContext,
  member: WorkspaceMember,
  tenantId: string,
): Promise<Workspace | null> {
  if (!isId<TenantId>(tenantId)) return null;
  return await findOne(ctx, member, eq(tenants.id, tenantId));
}

/** Like `findWorkspace`, by the tenant's current subdomain. */
export async function findWorkspaceBySubdomain(
  ctx: SystemContext,
  member: WorkspaceMember,
  subdomain: string,
): Promise<Workspace | null> {
  return await findOne(ctx, member, eq(tenants.subdomain, normalizeSubdomain(subdomain)));
}

/** Like `findWorkspace`. Throws `not_found` instead of null. */
export async function getWorkspace(
  ctx: SystemContext,
  member: WorkspaceMember,
  tenantId: string,
): Promise<Workspace> {
  const workspace = await findWorkspace(ctx, member, tenantId);
  if (!workspace) throw notFound(WORKSPACE_NOT_FOUND);
  return workspace;
}

async function findOne(
  { control }: SystemContext,
  member: WorkspaceMember,
  condition: SQL,
): Promise<Workspace | null> {
  const [row] = await selectWorkspaces(control).where(and(belongsTo(member), condition)).limit(1);
  return row ? toWorkspace(row) : null;
}

function belongsTo({ id, tenantId }: WorkspaceMember): SQL {
  return and(
    eq(memberships.userId, id),
    tenantId === undefined ? undefined : eq(memberships.tenantId, tenantId),
    ne(tenants.status, "deleting"),
  )!;
}

function selectWorkspaces(db: ControlDb) {
  return db.select({ ...TENANT_FIELDS, ...ROLE_FIELDS }).from(memberships)
    .leftJoin(roles, ON_CUSTOM_ROLE)
    .innerJoin(tenants, eq(tenants.id, memberships.tenantId)).innerJoin(tenantSchemas, ON_ITS_SCHEMA);
}

type WorkspaceRow = TenantRow & Parameters<typeof toRole>[0];

function toWorkspace({ role, customRole, ...row }: WorkspaceRow): Workspace {
  return { tenant: toTenant(row), role: toRole({ role, customRole }) };
}
