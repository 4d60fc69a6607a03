import { and, eq, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { roles } from "../../db/control/schema/roles.ts";
import { supportVisits } from "../../db/control/schema/support.ts";
import { users } from "../../db/control/schema/users.ts";
import type { TenantContext } from "../context.ts";
import { conflict, notFound } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { requireRecentSignIn } from "../identity/recent_sign_in.ts";
import { endTenantSessions, endTenantTokens } from "../identity/tenant_access.ts";
import { SIGN_INS } from "../identity/sign_in_caches.ts";
import { lockUser } from "../identity/users.ts";
import { isId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { endVisits } from "../support/ending.ts";
import { describeActor, type UserId } from "./actor.ts";
import { authorize } from "./authorize.ts";
import { MEMBER_REMOVED, MEMBER_ROLE_CHANGED } from "./events.ts";
import { requireGrantable } from "./granting.ts";
import { fromRole, ON_CUSTOM_ROLE, roleValues, toRole } from "./member_role.ts";
import { type Member, MEMBER_FIELDS, MEMBERS_MANAGE, MEMBERS_READ } from "./members.ts";
import { idOfRole, nameOfRole } from "./permissions.ts";
import { getGrantableRole, roleId } from "./roles.ts";
import { lockMembers } from "./seats.ts";

const MEMBER_NOT_FOUND = problem("member_not_found", "This member was not found.");
const LAST_OWNER = problem(
  "last_owner",
  "{name} is the only owner. Make someone else an owner first.",
);

/** `role` is the id of a role. */
export const memberChanges = z.object({ role: roleId });

/** Throws `not_found`. */
export async function getMember(ctx: TenantContext, id: string): Promise<Member> {
  authorize(ctx, MEMBERS_READ);
  const { control } = ctx.services.db;
  const member = isId(id) ? await findMember(ctx, control, eq(memberships.id, id)) : null;
  if (!member) throw notFound(MEMBER_NOT_FOUND);
  return member;
}

/** The membership of a user. Throws `not_found`. */
export async function getMemberOfUser(ctx: TenantContext, userId: UserId): Promise<Member> {
  authorize(ctx, MEMBERS_READ);
  const member = await findMember(ctx, ctx.services.db.control, eq(memberships.userId, userId));
  if (!member) throw notFound(MEMBER_NOT_FOUND);
  return member;
}

/**
 * Gives a member another role. Their sessions in the tenant end, so that no session outlives the role it started with. Throws
 * `reauthentication_required`, `not_found`, `conflict` for the last owner, and the errors of `getGrantableRole`.
 */
export async function changeRole(
  ctx: TenantContext,
  id: string,
  input: z.output<typeof memberChanges>,
): Promise<Member> {
  authorize(ctx, MEMBERS_MANAGE);
  await requireRecentSignIn(ctx);
  const changed = await change(ctx, id, async (tx, member) => {
    const [before, role] = [toRole(member), await getGrantableRole(ctx, input.role, tx)];
    requireGrantable(ctx, before);
    if (idOfRole(before) === idOfRole(role)) return member;
    if (member.role === "owner") await requireOtherOwner(ctx, tx, member);
    await tx.update(memberships).set(roleValues(role)).where(eq(memberships.id, id));
    await endTenantSessions(tx, member.userId, ctx.tenant.id);
    await publish(ctx.system, tx, MEMBER_ROLE_CHANGED, {
      after: subjectOf(member),
      details: { from: nameOfRole(before), to: nameOfRole(role) },
      schema: ctx.tenant.schemaName,
    });
    return { ...member, ...fromRole(role) };
  });
  ctx.services.use(SIGN_INS).forgetUser(changed.userId);
  return changed;
}

/**
 * Removes a member, or lets the actor leave. Ends their sessions and tokens in the tenant, and the visits in which staff act for them.
 * Throws `not_found`, `conflict` for the last owner, `forbidden`, or `reauthentication_required` for someone else's membership.
 */
export async function removeMember(ctx: TenantContext, id: string): Promise<Member> {
  const { userId } = await getMember(ctx, id);
  const leaves = isSelf(ctx, userId);
  if (!leaves) {
    authorize(ctx, MEMBERS_MANAGE);
    await requireRecentSignIn(ctx);
  }
  const removed = await change(ctx, id, async (tx, member) => {
    if (!leaves) requireGrantable(ctx, toRole(member));
    if (member.role === "owner") await requireOtherOwner(ctx, tx, member);
    await tx.delete(memberships).where(eq(memberships.id, id));
    await endTenantSessions(tx, member.userId, ctx.tenant.id);
    await endTenantTokens(ctx.system, tx, member.userId, ctx.tenant.id);
    const tenant = { id: ctx.tenant.id, schema: ctx.tenant.schemaName };
    await endVisits(ctx.system, tx, tenant, eq(supportVisits.memberId, member.userId));
    await publish(ctx.system, tx, MEMBER_REMOVED, {
      before: subjectOf(member),
      details: { role: nameOfRole(toRole(member)) },
      schema: ctx.tenant.schemaName,
    });
    return member;
  });
  ctx.services.use(SIGN_INS).forgetMember(ctx.tenant.id, removed.userId);
  return removed;
}

/** Whether the actor is this user. Staff and API keys that act for them aren't. */
export function isSelf({ actor }: Pick<TenantContext, "actor">, userId: UserId): boolean {
  return actor.type !== "acting" && actor.type !== "key" && describeActor(actor).id === userId;
}

/** Runs `work` on a member while no other change of the tenant's members runs. Throws `not_found`. */
async function change(
  ctx: TenantContext,
  id: string,
  work: (tx: ControlTx, member: Member) => Promise<Member>,
): Promise<Member> {
  const { userId } = await getMember(ctx, id);
  return await ctx.system.tx(async (tx) => {
    await lockUser(tx, userId);
    await lockMembers(tx, ctx.tenant.id);
    const member = await findMember(ctx, tx, eq(memberships.id, id));
    if (!member) throw notFound(MEMBER_NOT_FOUND);
    return await work(tx, member);
  });
}

async function findMember(
  { tenant }: TenantContext,
  db: ControlDb | ControlTx,
  which: SQL,
): Promise<Member | null> {
  const [row] = await db.select(MEMBER_FIELDS).from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId)).leftJoin(roles, ON_CUSTOM_ROLE)
    .where(and(which, eq(memberships.tenantId, tenant.id)));
  return row ?? null;
}

async function requireOtherOwner({ tenant }: TenantContext, tx: ControlTx, { name }: Member): Promise<void> {
  const isOwner = and(eq(memberships.tenantId, tenant.id), eq(memberships.role, "owner"));
  if (await tx.$count(memberships, isOwner) < 2) throw conflict(LAST_OWNER.with({ name }));
}

function subjectOf({ userId, name }: Member) {
  return { id: userId, name };
}
