import { and, eq, isNotNull } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { users } from "../../db/control/schema/users.ts";
import type { UserId } from "../access/actor.ts";
import { secondFactorRequired } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import type { Services } from "../ports.ts";
import type { Tenant } from "../tenancy/tenant.ts";

const WORKSPACE_NEEDS_FACTOR = problem(
  "workspace_needs_factor",
  "{workspace} requires a second factor. Add one to your account first.",
);

/** Throws `second_factor_required` for members without a second factor, once the workspace's grace period is over. */
export function requireFactorIn(
  { clock }: Services,
  { name, secondFactorFrom }: Tenant,
  { hasFactor }: { hasFactor: boolean },
): void {
  if (hasFactor || !secondFactorFrom || secondFactorFrom > clock.now()) return;
  throw secondFactorRequired(WORKSPACE_NEEDS_FACTOR.with({ workspace: name }));
}

/** Whether a person may not be without a second factor: platform staff, and members of workspaces that require one. */
export async function needsFactor(tx: ControlTx, userId: UserId): Promise<boolean> {
  const isStaff = and(eq(users.id, userId), eq(users.isPlatformAdmin, true));
  if (await tx.$count(users, isStaff) > 0) return true;
  const required = await tx.select({ id: tenants.id }).from(memberships)
    .innerJoin(tenants, eq(tenants.id, memberships.tenantId))
    .where(and(eq(memberships.userId, userId), isNotNull(tenants.secondFactorFrom))).limit(1);
  return required.length > 0;
}
