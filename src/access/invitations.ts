import { and, eq, ilike } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { invitations } from "../../db/control/schema/invitations.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { roles } from "../../db/control/schema/roles.ts";
import { users } from "../../db/control/schema/users.ts";
import type { TenantContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { conflict, invalid, notFound } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { after, DAY, HOUR } from "../platform/clock.ts";
import { sha256 } from "../platform/crypto.ts";
import { isId, newId } from "../platform/ids.ts";
import { list, type ListQuery, type Page, type PlacedPage, readingFrom } from "../platform/list.ts";
import { searchFilter } from "../platform/list_filters.ts";
import { momentKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";
import { emailAddress } from "../platform/text.ts";
import { enforce } from "../rate_limits/limiter.ts";
import { rateLimit } from "../rate_limits/rate_limit.ts";
import { describeActor } from "./actor.ts";
import { authorize } from "./authorize.ts";
import { requireConfirmedEmail } from "./confirmed_email.ts";
import { TEAM_INVITATION } from "./emails.ts";
import { INVITATION_REVOKED, MEMBER_INVITED } from "./events.ts";
import { requireGrantable } from "./granting.ts";
import { INVITATION_FIELDS, invitationToken, ON_INVITED_ROLE } from "./invitation_links.ts";
import { fromRole, roleValues, toRole } from "./member_role.ts";
import { ALREADY_A_MEMBER, MEMBERS_MANAGE, type MembershipRole } from "./members.ts";
import { type CustomRole, type MemberRole, nameOfRole } from "./permissions.ts";
import { getGrantableRole, roleId } from "./roles.ts";
import { lockMembers, requireFreeSeat } from "./seats.ts";

const INVITATION_NOT_FOUND = problem("invitation_not_found", "This invitation was not found.");
const TOO_MANY_OPEN = problem(
  "too_many_invitations",
  "Your workspace has {open} open invitations. Revoke some to send more.",
);

export const INVITATION_DAYS = 7;
const MAX_OPEN = 500;
/** Emails of invitations from one tenant. */
export const INVITATIONS_PER_TENANT = rateLimit("invitations_tenant", {
  limit: 500,
  window: HOUR,
  whenDown: "closed",
});

/** An invitation that nobody has accepted yet. */
export type Invitation = {
  id: string;
  email: string;
  role: MembershipRole;
  customRole: CustomRole | null;
  /** Null if the product itself invited, or if the inviter's account is gone. */
  invitedBy: string | null;
  createdAt: Date;
  expiresAt: Date;
};

/** `role` is the id of a role. */
export const newInvitation = z.object({ email: emailAddress, role: roleId.default("member") });
export type NewInvitation = z.output<typeof newInvitation>;
type Invited = { email: string; role: MemberRole };

const FIELDS = {
  id: invitations.id,
  email: invitations.email,
  role: invitations.role,
  customRole: INVITATION_FIELDS.customRole,
  invitedBy: users.name,
  createdAt: invitations.createdAt,
  expiresAt: invitations.expiresAt,
};

export const INVITATION_LIST = list("invitations", {
  select: (db) =>
    db.select(FIELDS).from(invitations).leftJoin(users, eq(users.id, invitations.invitedBy))
      .leftJoin(roles, ON_INVITED_ROLE),
  id: invitations.id,
  sorts: { createdAt: momentKey(invitations.createdAt) },
  defaultSort: "-createdAt",
  filters: { search: searchFilter((pattern) => ilike(invitations.email, pattern)) },
  scope: { tenantId: (id) => eq(invitations.tenantId, id) },
  count: (db, counts) => db.select(counts).from(invitations),
});

/** One page of the tenant's invitations, expired ones included. Throws `invalid` for a cursor of another list. */
export async function listInvitations(
  ctx: TenantContext,
  query: ListQuery<typeof INVITATION_LIST>,
): Promise<Page<Invitation>> {
  authorize(ctx, MEMBERS_MANAGE);
  return await INVITATION_LIST.page(ctx.services.db.control, query, { tenantId: ctx.tenant.id });
}

/** Like `listInvitations`, with the page's place in the list. */
export async function browseInvitations(
  ctx: TenantContext,
  query: ListQuery<typeof INVITATION_LIST>,
): Promise<PlacedPage<Invitation>> {
  authorize(ctx, MEMBERS_MANAGE);
  const scope = { tenantId: ctx.tenant.id };
  return await INVITATION_LIST.placedPage(readingFrom(ctx.services.db.control), query, scope);
}

/** How many people are invited. */
export async function countInvitations(ctx: TenantContext): Promise<number> {
  authorize(ctx, MEMBERS_MANAGE);
  return await ctx.services.db.control.$count(invitations, eq(invitations.tenantId, ctx.tenant.id));
}

/**
 * Invites a person by email, whether they have an account or not. Inviting the same address again replaces its invitation.
 * Throws `forbidden`, also for an inviter with an unconfirmed address; `limit_reached` if the plan has no free seat;
 * `rate_limited`; and `conflict` if the person is already a member.
 */
export async function invite(ctx: TenantContext, input: NewInvitation): Promise<Invitation> {
  return await inviteAll(ctx, [input], ([invitation]) => invitation!);
}

/**
 * Like `invite`, for several people at once: all of them, or nobody if it throws. Returns what `report` makes of the
 * invitations.
 */
export async function inviteAll<Report>(
  ctx: TenantContext,
  inputs: NewInvitation[],
  report: (invitations: Invitation[]) => Report,
): Promise<Report> {
  authorize(ctx, MEMBERS_MANAGE);
  for (const id of new Set(inputs.map(({ role }) => role))) await getGrantableRole(ctx, id);
  await requireConfirmedEmail(ctx);
  await enforce(ctx.system, INVITATIONS_PER_TENANT, ctx.tenant.id, { cost: inputs.length });
  return await ctx.system.tx(async (tx) => {
    await requireFreeSeat(ctx, tx, ctx.tenant.id);
    await limitOpen(ctx, tx, inputs.length);
    const invited: Invitation[] = [];
    for (const { email, role } of inputs) {
      invited.push(await inviteIn(ctx, tx, { email, role: await getGrantableRole(ctx, role, tx) }));
    }
    return report(invited);
  });
}

/** Emails an invitation again. It is then open for another 7 days. Throws `not_found`. */
export async function resendInvitation(ctx: TenantContext, id: string): Promise<Invitation> {
  authorize(ctx, MEMBERS_MANAGE);
  if (!isId(id)) throw notFound(INVITATION_NOT_FOUND);
  await enforce(ctx.system, INVITATIONS_PER_TENANT, ctx.tenant.id);
  return await ctx.system.tx(async (tx) => {
    await lockMembers(tx, ctx.tenant.id);
    const [row] = await tx.select(INVITATION_FIELDS).from(invitations)
      .leftJoin(roles, ON_INVITED_ROLE).where(isOwn(ctx, id));
    if (!row) throw notFound(INVITATION_NOT_FOUND);
    const role = toRole(row);
    requireGrantable(ctx, role);
    await limitOpen(ctx, tx, 1);
    return await inviteIn(ctx, tx, { email: row.email, role });
  });
}

/** Ends an invitation: its link no longer works. Throws `not_found`. */
export async function revokeInvitation(ctx: TenantContext, id: string): Promise<{ email: string }> {
  authorize(ctx, MEMBERS_MANAGE);
  if (!isId(id)) throw notFound(INVITATION_NOT_FOUND);
  return await ctx.system.tx(async (tx) => {
    await lockMembers(tx, ctx.tenant.id);
    const [row] = await tx.delete(invitations).where(isOwn(ctx, id)).returning();
    if (!row) throw notFound(INVITATION_NOT_FOUND);
    const subject = { id, name: row.email };
    await publish(ctx.system, tx, INVITATION_REVOKED, { before: subject, schema: ctx.tenant.schemaName });
    return { email: row.email };
  });
}

/** Throws `invalid` if `count` more invitations would be too many open ones. */
async function limitOpen({ tenant }: TenantContext, tx: ControlTx, count: number): Promise<void> {
  const open = await tx.$count(invitations, eq(invitations.tenantId, tenant.id));
  if (open + count > MAX_OPEN) throw invalid({ email: TOO_MANY_OPEN.with({ open }) });
}

async function inviteIn(
  ctx: TenantContext,
  tx: ControlTx,
  { email, role }: Invited,
): Promise<Invitation> {
  const { tenant, system } = ctx;
  if (await isMember(tx, ctx, email)) {
    throw conflict(ALREADY_A_MEMBER.with({ email, workspace: tenant.name }));
  }
  const row = await upsert(ctx, tx, { email, role });
  const { id, createdAt, expiresAt } = row;
  const subject = { id, name: email };
  const details = { role: nameOfRole(role) };
  await publish(system, tx, MEMBER_INVITED, { after: subject, details, schema: tenant.schemaName });
  await sendEmail(system, tx, TEAM_INVITATION, { invitationId: id }, { tenantId: tenant.id });
  const { id: inviterId, name } = describeActor(ctx.actor);
  return { id, email, ...fromRole(role), invitedBy: inviterId && name, createdAt, expiresAt };
}

/** Call it with the members locked. The inviter must be allowed to grant the role of the invitation that this one replaces, too. */
async function upsert(ctx: TenantContext, tx: ControlTx, { email, role }: Invited) {
  const { tenant, services } = ctx;
  const now = services.clock.now();
  const [known] = await tx.select(INVITATION_FIELDS).from(invitations).leftJoin(roles, ON_INVITED_ROLE)
    .where(and(eq(invitations.tenantId, tenant.id), eq(invitations.email, email)));
  if (known) requireGrantable(ctx, toRole(known));
  const id = known?.id ?? newId();
  const values = {
    ...roleValues(role),
    tokenHash: sha256(invitationToken(services, id)),
    invitedBy: describeActor(ctx.actor).id,
    expiresAt: after(now, INVITATION_DAYS * DAY),
  };
  const [row] = await tx.insert(invitations).values({
    id,
    tenantId: tenant.id,
    email,
    createdAt: now,
    ...values,
  })
    .onConflictDoUpdate({ target: [invitations.tenantId, invitations.email], set: values }).returning();
  return row!;
}

async function isMember(tx: ControlTx, { tenant }: TenantContext, email: string): Promise<boolean> {
  const [found] = await tx.select({ id: memberships.id }).from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.tenantId, tenant.id), eq(users.email, email)));
  return found !== undefined;
}

function isOwn({ tenant }: TenantContext, id: string) {
  return and(eq(invitations.id, id), eq(invitations.tenantId, tenant.id));
}
