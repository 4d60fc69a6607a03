import { z } from "zod";
import { addMember } from "../access/members.ts";
import { describeActor } from "../access/actor.ts";
import { ROLES } from "../access/roles.ts";
import { authorizeOn } from "../access/tenant_access.ts";
import type { SystemContext } from "../context.ts";
import { conflict } from "../errors.ts";
import { enqueue } from "../jobs/outbox.ts";
import type { Tenant } from "../tenancy/tenant.ts";
import { findOrCreateUser, newUser, type User } from "./users.ts";

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
  await authorizeOn(ctx, tenant.id, "members:manage");
  return await ctx.tx(async (tx) => {
    const { user } = await findOrCreateUser(ctx, tx, { ...person, passwordHash: null });
    const added = await addMember(ctx, tx, { tenantId: tenant.id, userId: user.id, role });
    if (!added) throw conflict(`${user.email} is a member of ${tenant.subdomain} already.`);
    if (invite) {
      const inviterName = ctx.actor.type === "system" ? tenant.name : describeActor(ctx.actor).name;
      const payload = { message: "invitation", userId: user.id, inviterName, role } as const;
      await enqueue(ctx, tx, { name: "email.send", payload, tenantId: tenant.id });
    }
    return user;
  });
}
