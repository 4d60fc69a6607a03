import { eq } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { checkRoom, limit } from "../billing/limits.ts";
import type { TenantId } from "../tenancy/tenant.ts";

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
  const [tenant] = await tx.select({ plan: tenants.plan }).from(tenants)
    .where(eq(tenants.id, tenantId)).for("no key update");
  const members = await tx.$count(memberships, eq(memberships.tenantId, tenantId));
  checkRoom(SEATS, tenant!.plan, members - 1);
}
