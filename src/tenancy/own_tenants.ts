import { z } from "zod";
import type { MemberActor, StaffActor, UserActor } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { forbidden } from "../errors.ts";
import type { Tenant } from "./tenant.ts";
import { createTenant, newTenant } from "./tenants.ts";

/** What someone may ask for who creates a tenant for themselves; `enterprise` is by agreement. `plan` is a wish. */
export const ownTenant = newTenant.extend({
  plan: z.enum(["starter", "team", "premium"]).default("starter"),
});

/**
 * Creates a tenant that the actor owns. It starts on `starter`, whatever plan they wish for: only the platform grants
 * another. Throws `invalid`, or `forbidden` to someone who acts as a member of one tenant.
 */
export async function createOwnTenant(
  ctx: SystemContext,
  owner: UserActor | StaffActor | MemberActor,
  input: z.output<typeof ownTenant>,
): Promise<Tenant> {
  if (owner.type === "member") throw forbidden("A token for one workspace can't create another.");
  return await createTenant(ctx, { ...input, plan: "starter" }, () => Promise.resolve(owner));
}
