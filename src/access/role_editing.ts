import { and, eq, ne, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { invitations } from "../../db/control/schema/invitations.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { roles } from "../../db/control/schema/roles.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { requireFeature } from "../billing/plan_features.ts";
import type { TenantContext } from "../context.ts";
import { conflict, type FieldProblems, forbidden, invalid, notFound } from "../errors.ts";
import { event } from "../events/event.ts";
import { publish } from "../events/publish.ts";
import { requireRecentSignIn } from "../identity/recent_sign_in.ts";
import { SIGN_INS } from "../identity/sign_in_caches.ts";
import { endSessionsOfRole } from "../identity/tenant_access.ts";
import { isId, newId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { singleLine } from "../platform/text.ts";
import type { Services } from "../ports.ts";
import { authorize } from "./authorize.ts";
import { mayGrant } from "./granting.ts";
import { type CustomRole, isAssignable, withImplied } from "./permissions.ts";
import {
  CUSTOM_ROLES,
  getRole,
  isBuiltIn,
  knownKeys,
  type ListedRole,
  OWN_ROLE_FIELDS,
  ROLE_NOT_FOUND,
  ROLES_MANAGE,
  toListed,
} from "./roles.ts";

const ROLE_NAME_MISSING = problem("role_name_missing", "Enter a name.");
const ROLE_NAME_TAKEN = problem("role_name_taken", "Another role has this name. Choose a different one.");
const ROLE_IN_USE = problem("role_in_use", "Members still have this role. Give them another role first.");
const ROLE_OFFERED = problem(
  "role_offered",
  "People are invited with this role. Revoke their invitations first.",
);
const TOO_MANY_ROLES = problem("too_many_roles", "A workspace can have {maximum} roles of its own.");
const PERMISSIONS_MISSING = problem("role_permissions_missing", "Choose at least one permission.");
const PERMISSION_UNKNOWN = problem("role_permission_unknown", "A role can't have these permissions: {keys}.");
const PERMISSION_NOT_YOURS = problem(
  "role_permission_not_yours",
  "You can't change a role that has permissions you don't have.",
);

const MAX_NAME_LENGTH = 50;
const MAX_KEY_LENGTH = 100;
const MAX_PERMISSIONS = 200;
const MAX_ROLES = 50;

export const ROLE_CREATED = event<CustomRole>("role.created", { sentence: "created the role {name}" });
export const ROLE_UPDATED = event<CustomRole>("role.updated", { sentence: "changed the role {name}" });
export const ROLE_DELETED = event<CustomRole>("role.deleted", { sentence: "deleted the role {name}" });

export const newRole = z.object({
  name: singleLine(MAX_NAME_LENGTH, ROLE_NAME_MISSING),
  permissions: z.array(z.string().max(MAX_KEY_LENGTH)).max(MAX_PERMISSIONS),
});
export type NewRole = z.output<typeof newRole>;

export const roleChanges = newRole.partial();
export type RoleChanges = z.output<typeof roleChanges>;

/**
 * Creates a role. If a role with `id` exists, the request is a repeat and creates nothing. Throws `forbidden` if the actor lacks
 * one of the permissions, `reauthentication_required`, `feature_not_in_plan`, `conflict` if there are too many, or `invalid`.
 */
export async function createRole(ctx: TenantContext, input: NewRole, id = newId()): Promise<ListedRole> {
  authorize(ctx, ROLES_MANAGE);
  await requireRecentSignIn(ctx);
  requireFeature(ctx, CUSTOM_ROLES);
  const wanted = checkRole(ctx, input);
  const now = ctx.services.clock.now();
  return await ctx.system.tx(async (tx) => {
    await lockRoles(ctx, tx);
    const [repeated] = await selectOwn(ctx, tx, eq(roles.id, id));
    if (repeated) return toListed(ctx.services, repeated, 0);
    if (await tx.$count(roles, eq(roles.tenantId, ctx.tenant.id)) >= MAX_ROLES) {
      throw conflict(TOO_MANY_ROLES.with({ maximum: MAX_ROLES }));
    }
    const values = { ...wanted, id, tenantId: ctx.tenant.id, createdAt: now, updatedAt: now };
    const [created] = await tx.insert(roles).values(values).onConflictDoNothing().returning(OWN_ROLE_FIELDS);
    if (!created) throw invalid({ name: ROLE_NAME_TAKEN });
    await publish(ctx.system, tx, ROLE_CREATED, {
      after: created,
      details: { permissions: created.permissions },
      schema: ctx.tenant.schemaName,
    });
    return toListed(ctx.services, created, 0);
  });
}

/**
 * Changes a role for everyone who has it, within five seconds. If its permissions change, their sessions in the tenant end.
 * Nobody can change a role that has, or would get, a permission that they lack. Throws `not_found`, `forbidden`,
 * `reauthentication_required`, `feature_not_in_plan`, or `invalid`.
 */
export async function updateRole(ctx: TenantContext, id: string, changes: RoleChanges): Promise<ListedRole> {
  authorize(ctx, ROLES_MANAGE);
  await requireRecentSignIn(ctx);
  requireFeature(ctx, CUSTOM_ROLES);
  const role = await ctx.system.tx(async (tx) => {
    await lockRoles(ctx, tx);
    const before = await getOwn(ctx, tx, id);
    requireGrantable(ctx, before);
    const wanted = checkRole(ctx, { ...before, ...changes });
    const isSame = isSameList(before.permissions, wanted.permissions);
    const after = { ...before, ...wanted, permissions: isSame ? before.permissions : wanted.permissions };
    if (await isTaken(ctx, tx, after)) throw invalid({ name: ROLE_NAME_TAKEN });
    const change = { before, after, schema: ctx.tenant.schemaName };
    if (!await publish(ctx.system, tx, ROLE_UPDATED, change)) return before;
    await tx.update(roles).set({ ...wanted, updatedAt: ctx.services.clock.now() })
      .where(eq(roles.id, id));
    if (!isSame) await endSessionsOfRole(tx, ctx.tenant.id, id);
    return after;
  });
  ctx.services.use(SIGN_INS).forgetTenant(ctx.tenant.id);
  return await getRole(ctx, role.id);
}

/**
 * Deletes a role that nobody has. Returns it. Throws the errors of `updateRole`, or `conflict` if a member or an invitation has
 * it.
 */
export async function deleteRole(ctx: TenantContext, id: string): Promise<CustomRole> {
  authorize(ctx, ROLES_MANAGE);
  await requireRecentSignIn(ctx);
  return await ctx.system.tx(async (tx) => {
    await lockRoles(ctx, tx);
    const role = await getOwn(ctx, tx, id);
    requireGrantable(ctx, role);
    if (await tx.$count(memberships, eq(memberships.customRoleId, id)) > 0) throw conflict(ROLE_IN_USE);
    if (await tx.$count(invitations, eq(invitations.customRoleId, id)) > 0) throw conflict(ROLE_OFFERED);
    await tx.delete(roles).where(eq(roles.id, id));
    await publish(ctx.system, tx, ROLE_DELETED, { before: role, schema: ctx.tenant.schemaName });
    return role;
  });
}

/** What is wrong with the permissions of a role that someone wants, if anything. */
export function permissionProblems(
  { permissions }: Pick<Services, "permissions">,
  wanted: readonly string[],
): FieldProblems {
  const known = new Set(permissions.filter(isAssignable).map(({ key }) => key));
  const unknown = wanted.filter((key) => !known.has(key));
  if (unknown.length > 0) return { permissions: PERMISSION_UNKNOWN.with({ keys: unknown }) };
  return wanted.length === 0 ? { permissions: PERMISSIONS_MISSING } : {};
}

/** Makes changes of the tenant's roles take turns until the transaction ends. */
async function lockRoles({ tenant }: TenantContext, tx: ControlTx): Promise<void> {
  await tx.select({ id: tenants.id }).from(tenants).where(eq(tenants.id, tenant.id)).for("no key update");
}

/**
 * The role as it may be stored, with the permissions that the wanted ones imply. Throws `invalid`, or `forbidden` if the actor
 * lacks one of them.
 */
function checkRole(
  ctx: TenantContext,
  { name, permissions }: Pick<CustomRole, "name" | "permissions">,
): NewRole {
  const problems = permissionProblems(ctx.services, permissions);
  if (isReserved(name)) problems.name = ROLE_NAME_TAKEN;
  if (Object.keys(problems).length > 0) throw invalid(problems);
  const wanted = [...withImplied(permissions)].sort();
  requireGrantable(ctx, { id: "", name, permissions: wanted });
  return { name, permissions: wanted };
}

function requireGrantable(ctx: TenantContext, role: CustomRole): void {
  if (!mayGrant(ctx, role)) throw forbidden(PERMISSION_NOT_YOURS);
}

function isReserved(name: string): boolean {
  return isBuiltIn(name.toLowerCase());
}

async function isTaken(ctx: TenantContext, tx: ControlTx, { id, name }: CustomRole): Promise<boolean> {
  const others = await selectOwn(ctx, tx, and(ne(roles.id, id), sql`lower(${roles.name}) = lower(${name})`));
  return others.length > 0;
}

async function getOwn(ctx: TenantContext, tx: ControlTx, id: string): Promise<CustomRole> {
  if (!isId(id)) throw notFound(ROLE_NOT_FOUND);
  const [role] = await selectOwn(ctx, tx, eq(roles.id, id));
  if (!role) throw notFound(ROLE_NOT_FOUND);
  return { ...role, permissions: knownKeys(ctx.services, role) };
}

async function selectOwn({ tenant }: TenantContext, tx: ControlTx, condition?: SQL): Promise<CustomRole[]> {
  return await tx.select(OWN_ROLE_FIELDS).from(roles).where(and(eq(roles.tenantId, tenant.id), condition));
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index]);
}
