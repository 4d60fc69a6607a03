import { and, count, eq, ilike, or, sql } from "drizzle-orm";
import { z } from "zod";
import { prepareQuery } from "../../db/connection/prepared.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { roles } from "../../db/control/schema/roles.ts";
import { users } from "../../db/control/schema/users.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { memberKey, type MemberName, SIGN_INS } from "../identity/sign_in_caches.ts";
import type { AvatarColor } from "../identity/users.ts";
import { ID_LENGTH, isId, newId } from "../platform/ids.ts";
import { list, type ListQuery, type Page, type PlacedPage, readingFrom } from "../platform/list.ts";
import { type Filter, searchFilter } from "../platform/list_filters.ts";
import { momentKey, nameKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";
import { searchSource } from "../search/search_source.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import type { UserId } from "./actor.ts";
import { authorize } from "./authorize.ts";
import { ON_CUSTOM_ROLE, ROLE_FIELDS, roleValues, toRole } from "./member_role.ts";
import { type CustomRole, type MemberRole, permission, ROLES } from "./permissions.ts";
import { reserveSeat } from "./seats.ts";

export const ALREADY_A_MEMBER = problem("already_a_member", "{email} is already a member of {workspace}.");
const ROLE_INVALID = problem(
  "member_role_invalid",
  "Use owner, admin, member, viewer, custom, or the ID of a role.",
);

export const MEMBERS_READ = permission("members:read", {
  roles: ["owner", "admin", "member", "viewer"],
  support: "read",
  label: "See members",
});

export const MEMBERS_MANAGE = permission("members:manage", {
  roles: ["owner", "admin"],
  staff: true,
  implies: [MEMBERS_READ],
  whenRestricted: true,
  label: "Manage members",
});

/** What lists of members are filtered by. */
const MEMBERSHIP_ROLES = [...ROLES, "custom"] as const;
export type MembershipRole = typeof MEMBERSHIP_ROLES[number];

/** A person who works in the tenant. */
export type Member = {
  /** The membership's id: the same person has another one in each tenant. */
  id: string;
  userId: UserId;
  name: string;
  email: string;
  /** Null if the person has chosen none. */
  avatarColor: AvatarColor | null;
  /** The name of a built-in role, or `custom`. */
  role: MembershipRole;
  /** The role that the tenant defined, if `role` is `custom`. */
  customRole: CustomRole | null;
  joinedAt: Date;
  /** When the person last used the tenant's pages, to within five minutes. Null if they never did. */
  lastSeenAt: Date | null;
};

/** The columns of a member, from `memberships` joined with `users`, and with `roles` on `ON_CUSTOM_ROLE`. */
export const MEMBER_FIELDS = {
  id: memberships.id,
  userId: memberships.userId,
  name: users.name,
  email: users.email,
  avatarColor: users.avatarColor,
  ...ROLE_FIELDS,
  joinedAt: memberships.createdAt,
  lastSeenAt: memberships.lastSeenAt,
};

export const MEMBER_LIST = list("members", {
  select: (db) =>
    db.select(MEMBER_FIELDS).from(memberships).innerJoin(users, eq(users.id, memberships.userId))
      .leftJoin(roles, ON_CUSTOM_ROLE),
  id: memberships.id,
  sorts: { name: nameKey(users.name), joinedAt: momentKey(memberships.createdAt) },
  defaultSort: "name",
  filters: {
    search: searchFilter((pattern) => or(ilike(users.name, pattern), ilike(users.email, pattern))),
    role: roleFilter(),
  },
  scope: { tenantId: (id) => eq(memberships.tenantId, id) },
  count: (db, counts) =>
    db.select(counts).from(memberships).innerJoin(users, eq(users.id, memberships.userId)),
  tabs: "role",
});

export const MEMBER_SEARCH = searchSource("members", {
  label: "Members",
  permission: MEMBERS_READ,
  position: 30,
  select: (db) =>
    db.select({ id: memberships.id, title: users.name, detail: users.email }).from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId)),
  id: memberships.id,
  columns: [users.name, users.email],
  ofTenant: (id) => eq(memberships.tenantId, id),
  href: ({ detail }) => `/team?${new URLSearchParams({ search: detail })}`,
});

/** One page of the tenant's members. Throws `invalid` for a cursor of another list, order or filter. */
export async function listMembers(
  ctx: TenantContext,
  query: ListQuery<typeof MEMBER_LIST>,
): Promise<Page<Member>> {
  authorize(ctx, MEMBERS_READ);
  return await MEMBER_LIST.page(ctx.services.db.control, query, { tenantId: ctx.tenant.id });
}

/** Like `listMembers`, with the page's place in the list and the number of members of each role. */
export async function browseMembers(
  ctx: TenantContext,
  query: ListQuery<typeof MEMBER_LIST>,
): Promise<PlacedPage<Member, MembershipRole>> {
  authorize(ctx, MEMBERS_READ);
  const scope = { tenantId: ctx.tenant.id };
  return await MEMBER_LIST.placedPage(readingFrom(ctx.services.db.control), query, scope);
}

/** How many people work in the tenant. Figures may contain it, whether the actor may see who they are or not. */
export async function countMembers(ctx: TenantContext): Promise<number> {
  const { services: { db, use }, tenant: { id: tenantId } } = ctx;
  return await use(SIGN_INS).memberCounts.getOrLoad(tenantId, async () => {
    const [row] = await membersOf(db.control, { tenantId });
    return row!.members;
  });
}

const membersOf = prepareQuery((db) =>
  db.select({ members: count() }).from(memberships).where(
    eq(memberships.tenantId, sql.placeholder("tenantId")),
  )
);

/** The names and colors of those of `ids` who are members of the tenant. Someone who has left has none. */
export async function memberNames(ctx: TenantContext, ids: UserId[]): Promise<Map<UserId, MemberName>> {
  const { services: { db, use }, tenant: { id: tenantId } } = ctx;
  const { memberNames: cache } = use(SIGN_INS);
  const wanted = [...new Set(ids)];
  const known = wanted.map((id) => cache.get(memberKey(tenantId, id)));
  const unknown = wanted.filter((_, index) => known[index] === undefined);
  const read = unknown.length > 0 ? await namesOf(db.control, { tenantId, ids: `{${unknown.join()}}` }) : [];
  const found = new Map([...known, ...read].flatMap((member) => member ? [[member.id, member]] : []));
  for (const id of unknown) cache.set(memberKey(tenantId, id), found.get(id) ?? null);
  return found;
}

const namesOf = prepareQuery((db) =>
  db.select({ id: users.id, name: users.name, avatarColor: users.avatarColor }).from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(
      eq(memberships.tenantId, sql.placeholder("tenantId")),
      sql`${memberships.userId} = any(${sql.placeholder("ids")}::text::uuid[])`,
    ))
);

/** A line of the log with the color of its actor. Null if the actor has chosen none, or is no member. */
export type WithActorColor<Line> = Line & { actorColor: AvatarColor | null };

/** Lines of the tenant's log with the colors of their actors. */
export async function withActorColors<Line extends { actorId: UserId | null }>(
  ctx: TenantContext,
  lines: readonly Line[],
): Promise<WithActorColor<Line>[]> {
  const actors = await memberNames(ctx, lines.flatMap(({ actorId }) => actorId ?? []));
  return lines.map((line) => ({
    ...line,
    actorColor: line.actorId === null ? null : actors.get(line.actorId)?.avatarColor ?? null,
  }));
}

/**
 * Makes a user a member; an existing membership keeps its role. Returns whether one was added. Throws `limit_reached` if all
 * seats of the tenant's plan are taken.
 */
export async function addMember(
  ctx: SystemContext,
  tx: ControlTx,
  membership: { tenantId: TenantId; userId: UserId; role: MemberRole },
): Promise<boolean> {
  const { role, ...whose } = membership;
  const values = { id: newId(), ...whose, ...roleValues(role), createdAt: ctx.services.clock.now() };
  const added = await tx.insert(memberships).values(values).onConflictDoNothing().returning({
    id: memberships.id,
  });
  if (added.length === 0) return false;
  await reserveSeat(ctx, tx, membership.tenantId);
  return true;
}

/** Keeps the members with a built-in role, with any role of the tenant's own (`custom`), or with the one of this id. */
function roleFilter(): Filter<z.ZodString> {
  const isRole = (value: string) => isId(value) || (MEMBERSHIP_ROLES as readonly string[]).includes(value);
  return {
    schema: z.string().max(ID_LENGTH, ROLE_INVALID.code).refine(isRole, ROLE_INVALID.code),
    condition: (value, parameter) => eq(isId(value) ? memberships.customRoleId : memberships.role, parameter),
    toParameter: (value) => value,
    shapeOf: (value) => isId(value) ? "id" : "name",
    choices: Object.fromEntries(MEMBERSHIP_ROLES.map((role) => [role, eq(memberships.role, role)])),
  };
}

/** The role of a user in the tenant, or null when they are no member. */
export async function findRole(
  { services, tenant }: TenantContext,
  userId: UserId,
): Promise<MemberRole | null> {
  const [row] = await services.db.control.select(ROLE_FIELDS).from(memberships)
    .leftJoin(roles, ON_CUSTOM_ROLE)
    .where(and(eq(memberships.tenantId, tenant.id), eq(memberships.userId, userId)));
  return row ? toRole(row) : null;
}
