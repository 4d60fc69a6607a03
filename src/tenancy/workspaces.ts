import { and, asc, eq, ne, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { SystemContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { isId } from "../platform/ids.ts";
import { type Page, pageSize, readCursor, toPage } from "../platform/keyset.ts";
import { inNameOrder } from "../platform/name_order.ts";
import type { Tenant, TenantId } from "./tenant.ts";
import { ON_ITS_SCHEMA, TENANT_FIELDS, toTenant } from "./tenant_rows.ts";
import type { UserId } from "../access/actor.ts";
import { normalizeSubdomain } from "./subdomains.ts";
import type { Role } from "../access/permissions.ts";

/** A tenant as one of its members sees it: a place to work in. */
export type Workspace = { tenant: Tenant; role: Role };

/** Whose workspaces are meant. With `tenantId`, as of a `MemberActor`, that tenant is the only one. */
export type WorkspaceMember = { id: UserId; tenantId?: TenantId };

export const workspaceQuery = z.object({ limit: pageSize, cursor: z.string().max(1_000).optional() });

/** One page of someone's workspaces, by name. Throws `invalid` on a cursor that isn't of this list. */
export async function pageWorkspaces(
  ctx: SystemContext,
  member: WorkspaceMember,
  { limit, cursor }: z.output<typeof workspaceQuery>,
): Promise<Page<Workspace>> {
  const place = cursor ? readCursor(cursor, "name", () => true) : undefined;
  const isAfter = place &&
    sql`(${inNameOrder(tenants.name)}, ${tenants.id}) > (${place.cursorValue}, ${place.cursorId}::uuid)`;
  const rows = await selectWorkspaces(ctx, member, limit + 1, isAfter);
  const { items, nextCursor } = toPage(rows, limit, "name", ({ name }) => name);
  return { items: items.map(toWorkspace), nextCursor };
}

/** The only workspace of someone who has exactly one; else null. */
export async function findOnlyWorkspace(ctx: SystemContext, member: WorkspaceMember): Promise<Tenant | null> {
  const [first, second] = await selectWorkspaces(ctx, member, 2);
  return first && !second ? toTenant(first) : null;
}

/** One workspace of someone, by its id; null when there is no such tenant or they are not a member. */
export async function findWorkspace(
  ctx: SystemContext,
  member: WorkspaceMember,
  tenantId: string,
): Promise<Workspace | null> {
  if (!isId<TenantId>(tenantId)) return null;
  const [row] = await selectWorkspaces(ctx, member, 1, eq(tenants.id, tenantId));
  return row ? toWorkspace(row) : null;
}

/** Like `findWorkspace`, by the subdomain that the tenant has now. */
export async function findWorkspaceBySubdomain(
  ctx: SystemContext,
  member: WorkspaceMember,
  subdomain: string,
): Promise<Workspace | null> {
  const isNamed = eq(tenants.subdomain, normalizeSubdomain(subdomain));
  const [row] = await selectWorkspaces(ctx, member, 1, isNamed);
  return row ? toWorkspace(row) : null;
}

/** Like `findWorkspace`. Throws `not_found` instead of null. */
export async function getWorkspace(
  ctx: SystemContext,
  member: WorkspaceMember,
  tenantId: string,
): Promise<Workspace> {
  const workspace = await findWorkspace(ctx, member, tenantId);
  if (!workspace) throw notFound("This workspace");
  return workspace;
}

function selectWorkspaces(
  { control }: SystemContext,
  { id, tenantId }: WorkspaceMember,
  limit: number,
  condition?: SQL,
) {
  const isTheirs = and(
    eq(memberships.userId, id),
    tenantId === undefined ? undefined : eq(memberships.tenantId, tenantId),
  );
  return control.select({ ...TENANT_FIELDS, role: memberships.role }).from(memberships)
    .innerJoin(tenants, eq(tenants.id, memberships.tenantId)).innerJoin(tenantSchemas, ON_ITS_SCHEMA)
    .where(and(isTheirs, ne(tenants.status, "deleting"), condition))
    .orderBy(inNameOrder(tenants.name), asc(tenants.id)).limit(limit);
}

function toWorkspace({ role, ...row }: Awaited<ReturnType<typeof selectWorkspaces>>[number]): Workspace {
  return { tenant: toTenant(row), role };
}
