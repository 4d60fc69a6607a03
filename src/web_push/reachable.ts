import { and, eq, isNull, or, type SQL } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { pushSubscriptions } from "../../db/control/schema/web_push.ts";
import type { TenantContext } from "../context.ts";
import { isSignedIn } from "./ended.ts";

export type SubscriptionRow = typeof pushSubscriptions.$inferSelect;

/**
 * The subscriptions among `which` that a tenant may send to: of people who are its members, are signed in, and subscribed for this
 * tenant or for all of theirs.
 */
export async function findReachable(
  { services, tenant }: TenantContext,
  db: ControlDb | ControlTx,
  which: SQL,
): Promise<SubscriptionRow[]> {
  const { tenantId, userId } = pushSubscriptions;
  const isMember = and(eq(memberships.userId, userId), eq(memberships.tenantId, tenant.id));
  const rows = await db.select({ subscription: pushSubscriptions }).from(pushSubscriptions)
    .innerJoin(memberships, isMember)
    .where(and(which, or(isNull(tenantId), eq(tenantId, tenant.id)), isSignedIn(services.clock.now())));
  return rows.map(({ subscription }) => subscription);
}
