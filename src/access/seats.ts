import { eq } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { checkRoom, limit } from "../billing/limits.ts";
import type { PlanKey } from "../billing/plans.ts";
import { notFound } from "../errors.ts";
import { type TenantId, WORKSPACE_NOT_FOUND } from "../tenancy/tenant.ts";

/** How many members a tenant may have. Invitations take no seat. */
export const SEATS = limit("seats", {
  nouns: { one: "member", several: "members" },
  included: { starter: 3, team: 15, premium: 100, enterprise: null },
});

/**
 * Checks the seat of a member who was added in this transaction. Locks the tenant's row before it counts, so concurrent requests
 * can't exceed the limit together. Throws `limit_reached`.
 */
export async function reserveSeat(tx: ControlTx, tenantId: TenantId): Promise<void> {
  const { plan, members } = await lockMembers(tx, tenantId);
  checkRoom(SEATS, plan, members - 1);
}

/** Checks that one more member would have a seat. Throws `limit_reached`. */
export async function requireFreeSeat(tx: ControlTx, tenantId: TenantId): Promise<void> {
  const { plan, members } = await lockMembers(tx, tenantId);
  checkRoom(SEATS, plan, members);
}

/** Makes changes of the tenant's members take turns until the transaction ends, and counts them. Lock a user's row before. */
export async function lockMembers(
  tx: ControlTx,
  tenantId: TenantId,
): Promise<{ plan: PlanKey; members: number }> {
  const [tenant] = await tx.select({ plan: tenants.plan }).from(tenants)
    .where(eq(tenants.id, tenantId)).for("no key update");
  if (!tenant) throw notFound(WORKSPACE_NOT_FOUND);
  return { plan: tenant.plan, members: await tx.$count(memberships, eq(memberships.tenantId, tenantId)) };
}
