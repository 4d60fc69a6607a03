import { eq } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { limit } from "../billing/limit.ts";
import { checkRoom } from "../billing/limits.ts";
import type { Entitled } from "../billing/entitlements.ts";
import { notFound } from "../errors.ts";
import type { Clock } from "../platform/clock.ts";
import { type Tenant, type TenantId, withCurrentPlan, WORKSPACE_NOT_FOUND } from "../tenancy/tenant.ts";
import { toOverride } from "../tenancy/tenant_rows.ts";

/** How many members a tenant may have. Invitations take no seat. */
export const SEATS = limit("seats", {
  nouns: { one: "member", several: "members" },
  included: { starter: 3, team: 15, premium: 100, enterprise: null },
  counted: "members",
});

/**
 * Checks the seat of a member who was added in this transaction. Locks the tenant's row before it counts, so concurrent requests
 * can't exceed the limit together. Throws `limit_reached`.
 */
export async function reserveSeat({ services }: Acting, tx: ControlTx, tenantId: TenantId): Promise<void> {
  checkSeat(await lockMembers(tx, tenantId), services.clock.now(), 1);
}

/** Checks that one more member would have a seat. Throws `limit_reached`. */
export async function requireFreeSeat(
  { services }: Acting,
  tx: ControlTx,
  tenantId: TenantId,
): Promise<void> {
  checkSeat(await lockMembers(tx, tenantId), services.clock.now(), 0);
}

type Acting = { services: { clock: Clock } };
type Planned = Entitled & Pick<Tenant, "planUntil" | "restrictedFrom">;
type Locked = { tenant: Planned; members: number };

/** `added` members of those that are counted have no seat yet. */
function checkSeat({ tenant, members }: Locked, now: Date, added: number): void {
  checkRoom(SEATS, { tenant: withCurrentPlan(tenant, now), now, used: members - added });
}

/** Makes changes of the tenant's members take turns until the transaction ends, and counts them. Lock a user's row before. */
export async function lockMembers(tx: ControlTx, tenantId: TenantId): Promise<Locked> {
  const { plan, planVersion, planUntil, restrictedFrom, overrides } = tenants;
  const [row] = await tx.select({ plan, planVersion, planUntil, restrictedFrom, overrides }).from(tenants)
    .where(eq(tenants.id, tenantId)).for("no key update");
  if (!row) throw notFound(WORKSPACE_NOT_FOUND);
  const members = await tx.$count(memberships, eq(memberships.tenantId, tenantId));
  return { tenant: { ...row, overrides: row.overrides.map(toOverride) }, members };
}
