import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { describeActor } from "../access/actor.ts";
import { authorize } from "../access/authorize.ts";
import { requireConfirmedEmail } from "../access/confirmed_email.ts";
import { INVITATION } from "../access/emails.ts";
import { requireGrantable } from "../access/granting.ts";
import { join } from "../access/joining.ts";
import { ALREADY_A_MEMBER, MEMBERS_MANAGE } from "../access/members.ts";
import { ROLES } from "../access/permissions.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { conflict } from "../errors.ts";
import { resetAccess } from "./account_access.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { findOrCreateUser, findUserById, lockUser, newUser, type User } from "./users.ts";

export const newMember = newUser.extend({ role: z.enum(ROLES) });

/**
 * Adds a person to a tenant as a member. Creates their account if they have none, and emails them an invitation if
 * `invite` is set. Throws `forbidden`, also for an inviter with an unconfirmed address, and `conflict` if the person is
 * already a member.
 */
export async function createMember(
  ctx: TenantContext,
  { role, ...person }: z.output<typeof newMember>,
  { invite }: { invite: boolean },
): Promise<User> {
  const { tenant, system } = ctx;
  authorize(ctx, MEMBERS_MANAGE);
  requireGrantable(ctx, role);
  await requireConfirmedEmail(ctx);
  const user = await system.tx(async (tx) => {
    const user = await resolveInvitee(system, tx, person);
    if (!await join(system, tx, tenant, user, role)) {
      throw conflict(ALREADY_A_MEMBER.with({ email: user.email, workspace: tenant.name }));
    }
    if (invite) {
      const inviterName = ctx.actor.type === "system" ? null : describeActor(ctx.actor).name;
      await sendEmail(system, tx, INVITATION, { userId: user.id, inviterName }, { tenantId: tenant.id });
    }
    return user;
  });
  ctx.services.use(SIGN_INS).forgetMember(tenant.id, user.id);
  return user;
}

/**
 * Finds or creates the account of a person whom someone else invites. A stranger may have signed up with the person's address. So
 * if nobody has confirmed the address, this ends all access to the account, and only an emailed link sets a new password.
 * Call `SignInCaches.forgetUser` after the commit.
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
