import { and, eq, gt } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { ownershipOffers } from "../../db/control/schema/invitations.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { users } from "../../db/control/schema/users.ts";
import type { TenantContext } from "../context.ts";
import type { UserId } from "./actor.ts";

/** An owner's offer to hand the tenant over, and the two members that it is about. */
export type OwnershipOffer = {
  from: { userId: UserId; name: string };
  to: { userId: UserId; name: string };
  createdAt: Date;
  expiresAt: Date;
};

/** The tenant's offer. Null if there is none, it has expired, or one of the two is no longer a member. */
export async function findOwnershipOffer(
  { tenant, services }: TenantContext,
  db: ControlDb | ControlTx = services.db.control,
): Promise<OwnershipOffer | null> {
  const [from, to] = [alias(users, "from_user"), alias(users, "to_user")];
  const [owner, heir] = [alias(memberships, "owner"), alias(memberships, "heir")];
  const { tenantId, fromUserId, toUserId, createdAt, expiresAt } = ownershipOffers;
  const [row] = await db.select({
    from: { userId: from.id, name: from.name },
    to: { userId: to.id, name: to.name },
    createdAt,
    expiresAt,
  }).from(ownershipOffers)
    .innerJoin(from, eq(from.id, fromUserId))
    .innerJoin(to, eq(to.id, toUserId))
    .innerJoin(
      owner,
      and(eq(owner.tenantId, tenantId), eq(owner.userId, fromUserId), eq(owner.role, "owner")),
    )
    .innerJoin(heir, and(eq(heir.tenantId, tenantId), eq(heir.userId, toUserId)))
    .where(and(eq(tenantId, tenant.id), gt(expiresAt, services.clock.now())));
  return row ?? null;
}
