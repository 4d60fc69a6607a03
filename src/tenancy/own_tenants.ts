import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { memberships, users } from "../../db/control/schema.ts";
import type { MemberActor, UserActor } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { invalid } from "../errors.ts";
import type { Tenant } from "./tenant.ts";
import { createTenant, newTenant } from "./tenants.ts";

const MAX_OWNED = 20;

/** What someone may ask for who makes a tenant for themselves; `enterprise` is by agreement. */
export const ownTenant = newTenant.extend({
  plan: z.enum(["starter", "team", "premium"]).default("starter"),
});

/** Makes a tenant that the actor owns: 20 at most. Throws `invalid`. */
export async function createOwnTenant(
  ctx: SystemContext,
  owner: UserActor | MemberActor,
  input: z.output<typeof ownTenant>,
): Promise<Tenant> {
  return await createTenant(ctx, input, async (tx) => {
    await tx.select({ id: users.id }).from(users).where(eq(users.id, owner.id)).for("update"); // one at a time
    const isOwn = and(eq(memberships.userId, owner.id), eq(memberships.role, "owner"));
    const owned = await tx.$count(memberships, isOwn);
    if (owned >= MAX_OWNED) throw invalid({ name: `You own ${owned} workspaces, and can't make more.` });
    return owner;
  });
}
