import { z } from "zod";
import type { ControlTx } from "../../db/with_tenant.ts";
import { addMember } from "../access/members.ts";
import { describeActor } from "../access/actor.ts";
import { ROLES } from "../access/roles.ts";
import { authorizeGrant } from "../access/tenant_access.ts";
import type { SystemContext } from "../context.ts";
import { conflict } from "../errors.ts";
import { enqueue } from "../jobs/outbox.ts";
import { logOf } from "../platform/log.ts";
import type { Tenant } from "../tenancy/tenant.ts";
import { endOneTimeTokens } from "./one_time_tokens.ts";
import { endAllSessionsIn } from "./sessions.ts";
import { findOrCreateUser, lockUser, newUser, setPasswordHash, type User } from "./users.ts";

const log = logOf("security");

export const newMember = newUser.extend({ role: z.enum(ROLES) });

/**
 * Makes someone a member of a tenant, with an account if they have none, and unless told otherwise has them invited by
 * mail. Throws `forbidden`, `conflict` when they are a member already.
 */
export async function createMember(
  ctx: SystemContext,
  tenant: Tenant,
  { role, ...person }: z.output<typeof newMember>,
  { invite }: { invite: boolean },
): Promise<User> {
  await authorizeGrant(ctx, tenant.id, role);
  const user = await ctx.tx(async (tx) => {
    const user = await findOrCreateGrantee(ctx, tx, person);
    const added = await addMember(ctx, tx, { tenantId: tenant.id, userId: user.id, role });
    if (!added) throw conflict(`${user.email} is a member of ${tenant.subdomain} already.`);
    if (invite) {
      const inviterName = ctx.actor.type === "system" ? null : describeActor(ctx.actor).name;
      const payload = { message: "invitation", userId: user.id, inviterName } as const;
      await enqueue(ctx, tx, { name: "email.send", payload, tenantId: tenant.id });
    }
    return user;
  });
  ctx.services.signIns.forgetUser(user.id);
  return user;
}

/**
 * The account of an address that somebody else gives a role to, made if there is none. An account whose address nobody has
 * confirmed may have been opened by a stranger, who would get the role as well: its password and all that it is signed in
 * with end, and whoever the mail reaches sets a password of their own. `signIns.forgetUser` is for the caller, once the
 * transaction has committed.
 */
export async function findOrCreateGrantee(
  ctx: SystemContext,
  tx: ControlTx,
  person: z.output<typeof newUser>,
): Promise<User> {
  const { user } = await findOrCreateUser(ctx, tx, { ...person, passwordHash: null });
  const isOwn = describeActor(ctx.actor).id === user.id;
  if (isOwn || user.emailVerifiedAt || user.passwordHash === null) return user;
  await lockUser(tx, user.id);
  await setPasswordHash(ctx, tx, user.id, null);
  await endOneTimeTokens(ctx, tx, user.id);
  await endAllSessionsIn(ctx, tx, user.id);
  log.warn("password of an unconfirmed account taken away", { userId: user.id, requestId: ctx.requestId });
  return { ...user, passwordHash: null };
}
