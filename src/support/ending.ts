import { and, eq, isNull, type SQL } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { sessions } from "../../db/control/schema/identity.ts";
import { supportVisits } from "../../db/control/schema/support.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import type { SystemContext } from "../context.ts";
import { publish } from "../events/publish.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { VISIT_ENDED } from "./events.ts";

/**
 * Ends a tenant's open support visits, or those that `which` matches, with their sessions. Without `schema`, only the platform's log
 * has the lines. Returns how many ended. Call `SignInCaches.forgetTenant` after the commit. Other processes notice within five seconds.
 */
export async function endVisits(
  ctx: SystemContext,
  tx: ControlTx,
  tenant: { id: TenantId; schema?: SchemaName },
  which?: SQL,
): Promise<number> {
  const isOpen = and(eq(supportVisits.tenantId, tenant.id), isNull(supportVisits.endedAt), which);
  const ended = await tx.update(supportVisits).set({ endedAt: ctx.services.clock.now() }).where(isOpen)
    .returning();
  for (const { id, memberId, memberName, staffName } of ended) {
    await tx.delete(sessions).where(eq(sessions.supportVisitId, id));
    const before = { id: memberId, name: memberName };
    const details = { staff: staffName, tenant_id: tenant.id };
    await publish(ctx, tx, VISIT_ENDED, { before, details, schema: tenant.schema });
  }
  return ended.length;
}
