import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { addMember, MEMBERS_MANAGE } from "../access/members.ts";
import { describeActor } from "../access/actor.ts";
import { requireConfirmedEmail } from "../access/confirmed_email.ts";
import { INVITATION } from "../access/emails.ts";
import { authorize } from "../access/authorize.ts";
import { mayGrant } from "../access/granting.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { conflict, forbidden } from "../errors.ts";
import { resetAccess } from "./account_access.ts";
import { findOrCreateUser, findUserById, lockUser, newUser, type User } from "./users.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { ROLES } from "../access/permissions.ts";

export const newMember = newUser.extend({ role: z.enum(ROLES) });

/**
 * Makes someone a member of a tenant, with an account if they have none, and with `invite` sends them an invitation.
 * Throws `forbidden`, also for an inviter with an unconfirmed address, and `conflict` when they are a member already.
 */
export async function createMember(
  ctx: TenantContext,
  { role, ...person }: z.output<typeof newMember>,
  { invite }: { invite: boolean },
): Promise<User> {
  const { tenant, system } = ctx;
  authorize(ctx, MEMBERS_MANAGE);
  if (!mayGrant(ctx, role)) throw forbidden("You can't grant more than your own role allows.");
  await requireConfirmedEmail(ctx);
  const user = await system.tx(async (tx) => {
    const user = await resolveInvitee(system, tx, person);
    const added = await addMember(system, tx, { tenantId: tenant.id, userId: user.id, role });
    if (!added) throw conflict(`${user.email} is a member of ${tenant.subdomain} already.`);
    if (invite) {
      const inviterName = ctx.actor.type === "system" ? null : describeActor(ctx.actor).name;
      await sendEmail(system, tx, INVITATION, { userId: user.id, inviterName }, { tenantId: tenant.id });
    }
    return user;
  });
  ctx.services.use(SIGN_INS).forgetUser(user.id);
  return user;
}

/**
 * The account of an address that somebody else grants something to, created if there is none. A stranger may have signed up with
 * an address that nobody has confirmed, so every way into such an account ends, and an emailed link sets a new password.
 * Call `signIns.forgetUser` after the commit.
 */
export async function resolveInvitee(
  ctx: SystemContext,
  tx: ControlTx,
  person: z.output<typeof newUser>,
): Promise<User> {
  const { user, created } = await findOrCreateUser(ctx, tx, { ...person, passwordHash: null });
  if (created || describeActor(ctx.actor).id === user.id) return user;
  await lockUser(tx, user.id);
  const current = (await findUserById(tx, user.id))!;
  if (current.emailVerifiedAt || current.passwordHash === null) return current;
  await resetAccess(ctx, tx, user.id, null);
  return { ...current, passwordHash: null };
}
