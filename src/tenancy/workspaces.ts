import { and, asc, eq, ne, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { memberships, tenants, tenantSchemas } from "../../db/control/schema.ts";
import type { SystemContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { isId } from "../platform/ids.ts";
import { type Page, pageSize, readCursor, toPage } from "../platform/keyset.ts";
import { inNameOrder } from "../platform/name_order.ts";
import type { Tenant } from "./tenant.ts";
import { ON_ITS_SCHEMA, TENANT_FIELDS, toTenant } from "./tenant_rows.ts";
import type { UserId } from "../access/actor.ts";
import type { Role } from "../access/roles.ts";

const LIST_LIMIT = 200;

/** A tenant as one of its members sees it: a place to work in. */
export type Workspace = { tenant: Tenant; role: Role };

export const workspaceQuery = z.object({ limit: pageSize, cursor: z.string().max(1_000).optional() });

/** The workspaces of a user, by name, 200 at most. */
export async function listWorkspaces(ctx: SystemContext, userId: UserId): Promise<Workspace[]> {
  return (await selectWorkspaces(ctx, userId, LIST_LIMIT)).map(toWorkspace);
}

/** One page of them. Throws `invalid` on a cursor that isn't of this list. */
export async function pageWorkspaces(
  ctx: SystemContext,
  userId: UserId,
  { limit, cursor }: z.output<typeof workspaceQuery>,
): Promise<Page<Workspace>> {
  const place = cursor ? readCursor(cursor, "name", () => true) : undefined;
  const isAfter = place &&
    sql`(${inNameOrder(tenants.name)}, ${tenants.id}) > (${place.cursorValue}, ${place.cursorId}::uuid)`;
  const rows = await selectWorkspaces(ctx, userId, limit + 1, isAfter);
  const { items, nextCursor } = toPage(rows, limit, "name", ({ name }) => name);
  return { items: items.map(toWorkspace), nextCursor };
}

function selectWorkspaces({ control }: SystemContext, userId: UserId, limit: number, condition?: SQL) {
  return control.select({ ...TENANT_FIELDS, role: memberships.role }).from(memberships)
    .innerJoin(tenants, eq(tenants.id, memberships.tenantId)).innerJoin(tenantSchemas, ON_ITS_SCHEMA)
    .where(and(eq(memberships.userId, userId), ne(tenants.status, "deleting"), condition))
    .orderBy(inNameOrder(tenants.name), asc(tenants.id)).limit(limit);
}

function toWorkspace({ role, ...row }: Awaited<ReturnType<typeof selectWorkspaces>>[number]): Workspace {
  return { tenant: toTenant(row), role };
}

/** One workspace of a user; null when there is no such tenant or the user is no member. */
export async function findWorkspace(
  ctx: SystemContext,
  userId: UserId,
  tenantId: string,
): Promise<Workspace | null> {
  if (!isId(tenantId)) return null;
  const [row] = await ctx.control.select({ ...TENANT_FIELDS, role: memberships.role }).from(memberships)
    .innerJoin(tenants, eq(tenants.id, memberships.tenantId)).innerJoin(tenantSchemas, ON_ITS_SCHEMA)
    .where(
      and(
        eq(memberships.userId, userId),
        eq(memberships.tenantId, tenantId),
        ne(tenants.status, "deleting"),
      ),
    );
  return row ? { tenant: toTenant(row), role: row.role } : null;
}

/** Like `findWorkspace`. Throws `not_found` instead of null. */
export async function getWorkspace(ctx: SystemContext, userId: UserId, tenantId: string): Promise<Workspace> {
  const workspace = await findWorkspace(ctx, userId, tenantId);
  if (!workspace) throw notFound("This workspace");
  return workspace;
}
