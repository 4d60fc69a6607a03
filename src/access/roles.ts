import { and, asc, count, eq } from "drizzle-orm";
import { z } from "zod";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { roles } from "../../db/control/schema/roles.ts";
import { planFeature } from "../billing/plan_feature.ts";
import { isEntitled, requireFeature } from "../billing/plan_features.ts";
import type { TenantContext } from "../context.ts";
import { invalid, notFound } from "../errors.ts";
import { isId } from "../platform/ids.ts";
import type { Page } from "../platform/list.ts";
import { problem } from "../platform/problem.ts";
import { shortList } from "../platform/short_list.ts";
import type { Services } from "../ports.ts";
import { authorize, can } from "./authorize.ts";
import { mayGrant, permissionKeys, requireGrantable } from "./granting.ts";
import { MEMBERS_READ } from "./members.ts";
import {
  type CustomRole,
  grantsOfRole,
  idOfRole,
  type MemberRole,
  nameOfRole,
  permission,
  type Role,
  ROLES,
} from "./permissions.ts";

export const ROLE_NOT_FOUND = problem("role_not_found", "This role was not found.");
export const ROLE_UNKNOWN = problem("role_unknown", "Choose a role of this workspace.");

const MAX_ID_LENGTH = 36;
/** The id of a role in a request. */
export const roleId = z.string().max(MAX_ID_LENGTH);

export const ROLES_MANAGE = permission("roles:manage", {
  roles: ["owner", "admin"],
  implies: [MEMBERS_READ],
  label: "Manage roles",
});

export const CUSTOM_ROLES = planFeature("custom_roles", { label: "Custom roles", from: "premium" });

/** A role as people see it: a built-in one, or one that the tenant defined. */
export type ListedRole = {
  /** The name of a built-in role, or a UUID. */
  id: string;
  name: string;
  isBuiltIn: boolean;
  /** The keys of the permissions, without those that no longer exist. */
  permissions: string[];
  /** How many members have the role. */
  members: number;
};

/** The columns of a role that a tenant defined. */
export const OWN_ROLE_FIELDS = { id: roles.id, name: roles.name, permissions: roles.permissions };

export const ROLE_LIST = shortList<ListedRole>("roles", ({ id, name }) => ({
  key: isBuiltIn(id) ? `0 ${ROLES.indexOf(id)}` : `1 ${name}`,
  id,
}));

/** Every role of the tenant: the built-in ones first, then its own by name. */
export async function listRoles(ctx: TenantContext): Promise<ListedRole[]> {
  authorize(ctx, MEMBERS_READ);
  const { db } = ctx.services;
  const [own, counts] = await Promise.all([
    db.control.select(OWN_ROLE_FIELDS).from(roles).where(eq(roles.tenantId, ctx.tenant.id))
      .orderBy(asc(roles.name), asc(roles.id)),
    db.control.select({ role: memberships.role, customRoleId: memberships.customRoleId, members: count() })
      .from(memberships).where(eq(memberships.tenantId, ctx.tenant.id))
      .groupBy(memberships.role, memberships.customRoleId),
  ]);
  const members = new Map(counts.map((row) => [row.customRoleId ?? row.role, row.members]));
  return [...ROLES, ...own].map((role) => toListed(ctx.services, role, members.get(idOfRole(role)) ?? 0));
}

/** One page of `listRoles`. Throws `invalid` for a cursor of another list. */
export async function pageRoles(
  ctx: TenantContext,
  query: z.output<typeof ROLE_LIST.query>,
): Promise<Pick<Page<ListedRole>, "items" | "nextCursor">> {
  authorize(ctx, MEMBERS_READ);
  return ROLE_LIST.page(await listRoles(ctx), query);
}

/** A role by its id. Throws `not_found`. */
export async function getRole(ctx: TenantContext, id: string): Promise<ListedRole> {
  authorize(ctx, MEMBERS_READ);
  const role = (await listRoles(ctx)).find((each) => each.id === id);
  if (!role) throw notFound(ROLE_NOT_FOUND);
  return role;
}

/** The roles that the actor may give to members. Roles of the tenant's own are among them if its plan includes those. */
export async function listGrantableRoles(ctx: TenantContext): Promise<ListedRole[]> {
  const hasOwn = isEntitled(ctx, CUSTOM_ROLES);
  const listed = await listRoles(ctx);
  return listed.filter((role) => (role.isBuiltIn || hasOwn) && mayGrant(ctx, asMemberRole(role)));
}

/**
 * The role to give to a member, by its id. Throws `invalid` on `role` if there is none, `forbidden` if the actor may not grant it,
 * or `feature_not_in_plan`.
 */
export async function getGrantableRole(
  ctx: TenantContext,
  id: string,
  db: ControlDb | ControlTx = ctx.services.db.control,
): Promise<MemberRole> {
  const role = isBuiltIn(id) ? id : await findRoleOfTenant(ctx, db, id);
  if (!role) throw invalid({ role: ROLE_UNKNOWN });
  requireGrantable(ctx, role);
  if (typeof role !== "string") requireFeature(ctx, CUSTOM_ROLES);
  return role;
}

export function isBuiltIn(id: string): id is Role {
  return (ROLES as readonly string[]).includes(id);
}

async function findRoleOfTenant(
  { tenant }: TenantContext,
  db: ControlDb | ControlTx,
  id: string,
): Promise<CustomRole | null> {
  if (!isId(id)) return null;
  const [role] = await db.select(OWN_ROLE_FIELDS).from(roles)
    .where(and(eq(roles.id, id), eq(roles.tenantId, tenant.id)));
  return role ?? null;
}

/** Leaves out permissions that no longer exist. */
export function knownKeys({ permissions }: Pick<Services, "permissions">, role: MemberRole): string[] {
  return permissionKeys(permissions, grantsOfRole(role));
}

export function toListed(services: Services, role: MemberRole, members: number): ListedRole {
  const isBuiltIn = typeof role === "string";
  const permissions = knownKeys(services, role);
  return { id: idOfRole(role), name: nameOfRole(role), isBuiltIn, permissions, members };
}

/** Whether the actor may change and delete the role. Use it to decide what to show. */
export function canChangeRole(ctx: TenantContext, role: ListedRole): boolean {
  return !role.isBuiltIn && can(ctx, ROLES_MANAGE) && mayGrant(ctx, asMemberRole(role));
}

function asMemberRole({ id, name, permissions }: ListedRole): MemberRole {
  return isBuiltIn(id) ? id : { id, name, permissions };
}
