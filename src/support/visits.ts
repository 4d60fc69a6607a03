import { and, count, eq, gt, ilike, isNull, or } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { supportVisits } from "../../db/control/schema/support.ts";
import { users } from "../../db/control/schema/users.ts";
import type { TenantId, UserId } from "../../db/ids.ts";
import { describeActor, type StaffActor } from "../access/actor.ts";
import { authorize } from "../access/authorize.ts";
import type { SupportAccess } from "../access/permissions.ts";
import { lockMembers } from "../access/seats.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { conflict, invalid, notFound } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { createHandoff } from "../identity/handoffs.ts";
import { requireRecentSignIn } from "../identity/recent_sign_in.ts";
import { SIGN_INS } from "../identity/sign_in_caches.ts";
import { job, tenantOf } from "../outbox/job.ts";
import { enqueue } from "../outbox/outbox.ts";
import { after, MINUTE } from "../platform/clock.ts";
import { isId, newId } from "../platform/ids.ts";
import { likePattern } from "../platform/like_pattern.ts";
import { inNameOrder } from "../platform/name_order.ts";
import { problem } from "../platform/problem.ts";
import { isVisible, multiLine, searchTerm } from "../platform/text.ts";
import { openTenant } from "../tenancy/open_tenant.ts";
import { listOwnerIds } from "../tenancy/owners.ts";
import { SUPPORT_USED } from "./emails.ts";
import { endVisits } from "./ending.ts";
import { VISIT_STARTED } from "./events.ts";
import { findGrant, type SupportGrant } from "./grants.ts";
import { SUPPORT_ACT } from "./permissions.ts";

const NO_CONSENT = problem(
  "support_consent_missing",
  "This workspace hasn't given support access. Ask an owner to give it at Settings, Support access.",
);
const CLOSED_WORKSPACE = problem("support_workspace_closed", "Resume the workspace first.");
const NO_VISIT = problem("support_visit_over", "You aren't acting for a member of this workspace.");
const REASON_MISSING = problem("support_reason_missing", "Enter a reason. The workspace will see it.");
const MEMBER_MISSING = problem("support_member_missing", "Choose a member of this workspace.");

const VISIT_LENGTH = 30 * MINUTE;
const MAX_REASON_LENGTH = 500;
const MAX_SEARCH_LENGTH = 100;
const MEMBERS_OFFERED = 100;

export const newVisit = z.object({
  memberId: z.custom<UserId>((value) => typeof value === "string" && isId(value), MEMBER_MISSING.code),
  reason: multiLine(MAX_REASON_LENGTH).refine(isVisible, REASON_MISSING.code),
});

/** What a person types to find a member. Anything else finds all. */
export const memberSearch = searchTerm(MAX_SEARCH_LENGTH).catch("");

/** Writes the end of a visit into the logs once its time is over, unless it has ended before. */
export const CLOSE_VISIT = job("support.close_visit", {
  queue: "cleanup",
  payload: z.object({ visitId: z.uuid() }),
  run: async (run, { visitId }) => {
    const { tenant, system } = tenantOf(run);
    await system.tx((tx) =>
      endVisits(system, tx, { id: tenant.id, schema: tenant.schemaName }, eq(supportVisits.id, visitId))
    );
  },
});

/**
 * The members whom staff can act for, by name: at most 100 whose name or email contains `search`. `total` is the number of all members
 * that it finds.
 */
export async function listVisitable(
  ctx: SystemContext,
  tenantId: TenantId,
  search = "",
): Promise<{ members: { id: UserId; name: string; email: string }[]; total: number }> {
  authorize(ctx, SUPPORT_ACT);
  const pattern = likePattern(search);
  const isFound = and(
    eq(memberships.tenantId, tenantId),
    search === "" ? undefined : or(ilike(users.name, pattern), ilike(users.email, pattern)),
  );
  const [members, [counted]] = await Promise.all([
    ctx.control.select({ id: users.id, name: users.name, email: users.email }).from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId)).where(isFound)
      .orderBy(inNameOrder(users.name), users.id).limit(MEMBERS_OFFERED),
    ctx.control.select({ total: count() }).from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId)).where(isFound),
  ]);
  return { members, total: counted!.total };
}

/**
 * Starts acting for a member of the tenant for 30 minutes, at most as long as the workspace's grant. Ends the person's earlier visit
 * to it. Without a grant, needs the operator's policy, and allows reading only. Throws `forbidden`, `reauthentication_required`,
 * `conflict` without consent or while the tenant is suspended, or `invalid`.
 */
export async function startVisit(
  ctx: SystemContext<StaffActor>,
  tenantId: string,
  { memberId, reason }: z.output<typeof newVisit>,
): Promise<Member> {
  authorize(ctx, SUPPORT_ACT);
  await requireRecentSignIn(ctx);
  const opened = await openTenant(ctx, tenantId);
  const { tenant } = opened;
  if (tenant.status !== "active") throw conflict(CLOSED_WORKSPACE);
  const staff = ctx.actor;
  const member = await ctx.tx(async (tx) => {
    await lockMembers(tx, tenant.id);
    const grant = await findGrant(ctx, tx, tenant.id);
    if (!grant && ctx.services.config.supportAccess === "consent") throw conflict(NO_CONSENT);
    const member = await findMember(tx, tenant.id, memberId);
    await endVisits(
      ctx,
      tx,
      { id: tenant.id, schema: tenant.schemaName },
      eq(supportVisits.staffId, staff.id),
    );
    await record(opened, tx, { id: newId(), grant, member, reason, staff });
    return member;
  });
  ctx.services.use(SIGN_INS).forgetUser(staff.id);
  return member;
}

/** The link that opens the person's visit to the tenant in their browser. Throws `not_found` unless a visit is open. */
export async function openVisit(ctx: SystemContext<StaffActor>, tenantId: string): Promise<string> {
  authorize(ctx, SUPPORT_ACT);
  const { tenant } = await openTenant(ctx, tenantId);
  const visit = await findOwnVisit(ctx, tenant.id);
  if (!visit) throw notFound(NO_VISIT);
  const { id: userId, authentication } = ctx.actor;
  const request = { userId, signInId: authentication!.signInId, remember: false, welcome: null };
  return await createHandoff(ctx, tenant, { ...request, supportVisitId: visit.id });
}

/** The visit of this person of the staff to the tenant, while it is open. */
export async function findOwnVisit(
  ctx: SystemContext<StaffActor>,
  tenantId: TenantId,
): Promise<{ id: string; memberName: string; access: SupportAccess; expiresAt: Date } | null> {
  authorize(ctx, SUPPORT_ACT);
  const [visit] = await ctx.control.select().from(supportVisits).where(and(
    eq(supportVisits.tenantId, tenantId),
    eq(supportVisits.staffId, ctx.actor.id),
    isNull(supportVisits.endedAt),
    gt(supportVisits.expiresAt, ctx.services.clock.now()),
  ));
  return visit ?? null;
}

/** Ends the visit of the person who acts in it, or who started it in the back office, if it is still open. */
export async function endOwnVisit({ tenant, system, actor, services }: TenantContext): Promise<void> {
  const staffId = actor.type === "acting" ? actor.visit.staff.id : describeActor(actor).id;
  if (actor.type !== "acting") authorize(system, SUPPORT_ACT);
  if (!staffId) return;
  await system.tx(async (tx) => {
    await lockMembers(tx, tenant.id);
    await endVisits(
      system,
      tx,
      { id: tenant.id, schema: tenant.schemaName },
      eq(supportVisits.staffId, staffId),
    );
  });
  services.use(SIGN_INS).forgetUser(staffId);
}

type Member = { id: UserId; name: string };
type Visit = { id: string; grant: SupportGrant | null; member: Member; reason: string; staff: StaffActor };

async function record(
  ctx: TenantContext,
  tx: ControlTx,
  { id, grant, member, reason, staff }: Visit,
): Promise<void> {
  const { tenant, system, services } = ctx;
  const startedAt = services.clock.now();
  const limit = after(startedAt, VISIT_LENGTH);
  const expiresAt = grant && grant.expiresAt < limit ? grant.expiresAt : limit;
  const access = grant?.access ?? "read";
  await tx.insert(supportVisits).values({
    id,
    tenantId: tenant.id,
    grantId: grant?.id ?? null,
    staffId: staff.id,
    memberId: member.id,
    staffName: staff.name,
    memberName: member.name,
    reason,
    access,
    startedAt,
    expiresAt,
  });
  const until = expiresAt.toISOString();
  // The platform's log erases lines by this id when the tenant is deleted.
  const details = { reason, staff: staff.name, access, until, tenant_id: tenant.id };
  await publish(system, tx, VISIT_STARTED, { after: member, details, schema: tenant.schemaName });
  const delay = expiresAt.getTime() - startedAt.getTime();
  await enqueue(system, tx, CLOSE_VISIT, { visitId: id }, { tenantId: tenant.id, delay });
  await emailOwner(ctx, tx, grant, id);
}

/** Emails the owner who gave the access. If they are no longer an owner, or nobody gave access, emails all owners. */
async function emailOwner(
  { tenant, system }: TenantContext,
  tx: ControlTx,
  grant: SupportGrant | null,
  visitId: string,
): Promise<void> {
  const owners = await listOwnerIds(tx, tenant.id);
  const granter = owners.filter((id) => id === grant?.grantedBy?.id);
  for (const userId of granter.length > 0 ? granter : owners) {
    await sendEmail(system, tx, SUPPORT_USED, { userId, visitId }, { tenantId: tenant.id });
  }
}

async function findMember(tx: ControlTx, tenantId: TenantId, userId: UserId): Promise<Member> {
  const [member] = await tx.select({ id: users.id, name: users.name }).from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.tenantId, tenantId), eq(memberships.userId, userId)));
  if (!member) throw invalid({ member_id: MEMBER_MISSING });
  return member;
}
