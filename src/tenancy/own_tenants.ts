import { z } from "zod";
import type { KeyActor, MemberActor, StaffActor, UserActor } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { forbidden } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import type { Tenant } from "./tenant.ts";
import { createTenant, newTenant } from "./tenants.ts";

const BOUND_TOKEN = problem("bound_token", "A token for one workspace can't create another.");

/** The input of a user who creates a tenant for themselves. `plan` is only a preference. `enterprise` requires a contract. */
export const ownTenant = newTenant.extend({
  plan: z.enum(["starter", "team", "premium"]).default("starter"),
});

/**
 * Creates a tenant that the actor owns. The tenant starts on `starter` regardless of the preferred plan, because only the platform
 * grants other plans. Throws `invalid`, or `forbidden` for an actor whose token or key is limited to one tenant.
 */
export async function createOwnTenant(
  ctx: SystemContext,
  owner: UserActor | StaffActor | MemberActor | KeyActor,
  input: z.output<typeof ownTenant>,
): Promise<Tenant> {
  if (owner.type === "member" || owner.type === "key") throw forbidden(BOUND_TOKEN);
  return await createTenant(ctx, { ...input, plan: "starter" }, () => Promise.resolve(owner));
}
