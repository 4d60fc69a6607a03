import { and, eq } from "drizzle-orm";
import { memberships } from "../../db/control/schema/memberships.ts";
import type { MemberContext } from "../context.ts";
import { SIGN_INS } from "../identity/sign_in_caches.ts";

/** Hides the set-up checklist from this member for good. Everyone else in the workspace still sees it. */
export async function dismissSetup({ actor, tenant, services }: MemberContext): Promise<void> {
  await services.db.control.update(memberships).set({ setupDismissedAt: services.clock.now() })
    .where(and(eq(memberships.tenantId, tenant.id), eq(memberships.userId, actor.id)));
  services.use(SIGN_INS).forgetUser(actor.id);
}
