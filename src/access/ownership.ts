import { and, eq } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { ownershipOffers } from "../../db/control/schema/invitations.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import type { MemberContext, TenantContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { conflict, notFound } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { requireRecentSignIn } from "../identity/recent_sign_in.ts";
import { SIGN_INS } from "../identity/sign_in_caches.ts";
import { endTenantSessions } from "../identity/tenant_access.ts";
import { lockUser } from "../identity/users.ts";
import { after, DAY } from "../platform/clock.ts";
import { problem } from "../platform/problem.ts";
import { describeActor, type UserId } from "./actor.ts";
import { authorize, authorizeSelf } from "./authorize.ts";
import { requireConfirmedEmail } from "./confirmed_email.ts";
import { OWNERSHIP_OFFER } from "./emails.ts";
import {
  OWNERSHIP_DECLINED,
  OWNERSHIP_OFFERED,
  OWNERSHIP_TRANSFERRED,
  OWNERSHIP_WITHDRAWN,
} from "./events.ts";
import { roleValues } from "./member_role.ts";
import { type Member, MEMBERS_READ } from "./members.ts";
import { getMember } from "./membership.ts";
import { findOwnershipOffer, type OwnershipOffer } from "./ownership_offers.ts";
import { permission, type Role } from "./permissions.ts";
import { lockMembers } from "./seats.ts";

export const OWNERSHIP_TRANSFER = permission("ownership:transfer", {
  roles: ["owner"],
  ownersOnly: true,
  whenRestricted: true,
  label: "Transfer the ownership of the workspace",
});

const NO_OFFER = problem("no_ownership_offer", "There is no open offer of ownership.");
const ALREADY_OWNER = problem("already_an_owner", "{name} is already an owner.");

export const OFFER_DAYS = 7;

/** `memberId` is the id of a membership. */
export const newOwnershipOffer = z.object({ memberId: z.uuid() });

/** The tenant's open offer. Only the two people that it is about may see it. Throws `not_found`. */
export async function getOwnershipOffer(ctx: TenantContext): Promise<OwnershipOffer> {
  authorize(ctx, MEMBERS_READ);
  const offer = await findOwnershipOffer(ctx);
  if (!offer || !isInvolved(ctx, offer)) throw notFound(NO_OFFER);
  return offer;
}

/** Like `getOwnershipOffer`, but null instead of `not_found`. */
export async function findOwnOffer(ctx: TenantContext): Promise<OwnershipOffer | null> {
  authorize(ctx, MEMBERS_READ);
  const offer = await findOwnershipOffer(ctx);
  return offer && isInvolved(ctx, offer) ? offer : null;
}

/**
 * Offers the ownership to another member, in place of an earlier offer. Once they accept, they are an owner and the actor is an
 * admin. Throws `not_found`, `forbidden`, `reauthentication_required`, or `conflict` if the member is already an owner.
 */
export async function offerOwnership(ctx: MemberContext, memberId: string): Promise<OwnershipOffer> {
  authorize(ctx, OWNERSHIP_TRANSFER);
  await requireRecentSignIn(ctx);
  await requireConfirmedEmail(ctx);
  const member = await getMember(ctx, memberId);
  if (member.role === "owner") throw conflict(ALREADY_OWNER.with({ name: member.name }));
  const now = ctx.services.clock.now();
  const values = {
    fromUserId: ctx.actor.id,
    toUserId: member.userId,
    createdAt: now,
    expiresAt: after(now, OFFER_DAYS * DAY),
  };
  const { tenant: { id: tenantId, schemaName: schema }, system } = ctx;
  return await system.tx(async (tx) => {
    await lockMembers(tx, tenantId);
    await tx.insert(ownershipOffers).values({ tenantId, ...values })
      .onConflictDoUpdate({ target: ownershipOffers.tenantId, set: values });
    await publish(system, tx, OWNERSHIP_OFFERED, { after: subjectOf(member), schema });
    await sendEmail(system, tx, OWNERSHIP_OFFER, { userId: member.userId }, { tenantId });
    const offer = await findOwnershipOffer(ctx, tx);
    if (!offer) throw notFound(NO_OFFER);
    return offer;
  });
}

/**
 * Accepts the offer for the person whom it is made to. Ends both people's sessions in the tenant, because their roles change.
 * Throws `not_found` for anyone else, or if the person who made it is no longer an owner, and `reauthentication_required`.
 */
export async function acceptOwnership(ctx: MemberContext): Promise<void> {
  authorize(ctx, MEMBERS_READ);
  authorizeSelf(ctx, ctx.actor.id);
  const { from, to } = await getOwnershipOffer(ctx);
  await requireRecentSignIn(ctx);
  const { tenant: { id: tenantId, schemaName: schema }, system } = ctx;
  await system.tx(async (tx) => {
    for (const { userId } of [from, to].sort(byUserId)) await lockUser(tx, userId);
    await lockMembers(tx, tenantId);
    await take(ctx, tx, { toUserId: ctx.actor.id, fromUserId: from.userId });
    await setRole(ctx, tx, from.userId, "admin", "owner");
    await setRole(ctx, tx, to.userId, "owner");
    const after = { id: from.userId, name: from.name };
    await publish(system, tx, OWNERSHIP_TRANSFERRED, { after, schema });
  });
  for (const { userId } of [from, to]) ctx.services.use(SIGN_INS).forgetUser(userId);
}

/** Ends the offer: the person whom it is made to declines, or the person who made it withdraws it. Throws `not_found`. */
export async function endOwnershipOffer(ctx: MemberContext): Promise<void> {
  authorize(ctx, MEMBERS_READ);
  authorizeSelf(ctx, ctx.actor.id);
  const { from, to } = await getOwnershipOffer(ctx);
  const { tenant: { id: tenantId, schemaName: schema }, system } = ctx;
  const isDeclined = to.userId === ctx.actor.id;
  await system.tx(async (tx) => {
    await lockMembers(tx, tenantId);
    await take(ctx, tx, { toUserId: to.userId, fromUserId: from.userId });
    await publish(system, tx, isDeclined ? OWNERSHIP_DECLINED : OWNERSHIP_WITHDRAWN, {
      before: { id: to.userId, name: to.name },
      schema,
    });
  });
}

/** Uses the offer up. Throws `not_found` if it is no longer the same. */
async function take(
  { tenant, services }: MemberContext,
  tx: ControlTx,
  { toUserId, fromUserId }: { toUserId: UserId; fromUserId: UserId },
): Promise<void> {
  const [taken] = await tx.delete(ownershipOffers).where(and(
    eq(ownershipOffers.tenantId, tenant.id),
    eq(ownershipOffers.toUserId, toUserId),
    eq(ownershipOffers.fromUserId, fromUserId),
  )).returning();
  if (!taken || taken.expiresAt <= services.clock.now()) throw notFound(NO_OFFER);
}

async function setRole(
  { tenant }: MemberContext,
  tx: ControlTx,
  userId: UserId,
  role: Role,
  before?: Role,
): Promise<void> {
  const isTheirs = and(eq(memberships.tenantId, tenant.id), eq(memberships.userId, userId));
  const [changed] = await tx.update(memberships).set(roleValues(role))
    .where(and(isTheirs, before && eq(memberships.role, before))).returning({ id: memberships.id });
  if (!changed) throw notFound(NO_OFFER);
  await endTenantSessions(tx, userId, tenant.id);
}

function isInvolved({ actor }: TenantContext, { from, to }: OwnershipOffer): boolean {
  const { id } = describeActor(actor);
  return id === from.userId || id === to.userId;
}

function byUserId(one: { userId: UserId }, other: { userId: UserId }): number {
  return one.userId < other.userId ? -1 : 1;
}

function subjectOf({ userId, name }: Member) {
  return { id: userId, name };
}
