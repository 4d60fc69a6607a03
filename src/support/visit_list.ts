import { and, eq, gt, isNull } from "drizzle-orm";
import { supportVisits } from "../../db/control/schema/support.ts";
import { authorize } from "../access/authorize.ts";
import type { SupportAccess } from "../access/permissions.ts";
import type { TenantContext } from "../context.ts";
import { list, type ListQuery, type Page } from "../platform/list.ts";
import { momentKey } from "../platform/list_keys.ts";
import { SUPPORT_GRANT } from "./permissions.ts";

/** A time that a person of the staff acted for a member. `endedAt` is null while they do. */
export type ListedVisit = {
  id: string;
  staffName: string;
  memberName: string;
  reason: string;
  access: SupportAccess;
  startedAt: Date;
  endedAt: Date | null;
};

export const VISIT_LIST = list("support visits", {
  select: (db) =>
    db.select({
      id: supportVisits.id,
      staffName: supportVisits.staffName,
      memberName: supportVisits.memberName,
      reason: supportVisits.reason,
      access: supportVisits.access,
      startedAt: supportVisits.startedAt,
      expiresAt: supportVisits.expiresAt,
      endedAt: supportVisits.endedAt,
    }).from(supportVisits),
  id: supportVisits.id,
  sorts: { startedAt: momentKey(supportVisits.startedAt) },
  defaultSort: "-startedAt",
  filters: {},
  scope: { tenantId: (id) => eq(supportVisits.tenantId, id) },
});

/** One page of the visits to the workspace. Throws `forbidden` for all but owners, or `invalid` for a cursor of another list. */
export async function listVisits(
  ctx: TenantContext,
  query: ListQuery<typeof VISIT_LIST>,
): Promise<Page<ListedVisit>> {
  authorize(ctx, SUPPORT_GRANT);
  const now = ctx.services.clock.now();
  const page = await VISIT_LIST.page(ctx.services.db.control, query, { tenantId: ctx.tenant.id });
  const items = page.items.map(({ expiresAt, ...visit }) => ({
    ...visit,
    endedAt: visit.endedAt ?? (expiresAt <= now ? expiresAt : null),
  }));
  return { ...page, items };
}

/** Whether someone of the staff acts for a member of the workspace now. */
export async function hasOpenVisit(ctx: TenantContext): Promise<boolean> {
  authorize(ctx, SUPPORT_GRANT);
  const { tenant, services } = ctx;
  const isOpen = and(
    eq(supportVisits.tenantId, tenant.id),
    isNull(supportVisits.endedAt),
    gt(supportVisits.expiresAt, services.clock.now()),
  );
  return await services.db.control.$count(supportVisits, isOpen) > 0;
}
