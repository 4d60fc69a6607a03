import { deleteAuditLines } from "../../db/migration/delete_audit_lines.ts";
import { authorize } from "../access/authorize.ts";
import type { PlanKey } from "../billing/plans.ts";
import type { TenantContext } from "../context.ts";
import { after, DAY } from "../platform/clock.ts";
import { getChain } from "./chain.ts";
import { AUDIT_READ } from "./permissions.ts";

/** How many days each plan keeps a line. The daily metrics of the month before need two months. */
export const AUDIT_DAYS: Readonly<Record<PlanKey, number>> = {
  starter: 90,
  team: 365,
  premium: 730,
  enterprise: 2_555,
};

const LINES_AT_ONCE = 5_000;

/**
 * Deletes the lines that the tenant's plan no longer keeps. Deletes only verified lines, and none of a broken log. Returns the
 * number of deleted lines.
 */
export async function deleteOldLines(ctx: TenantContext): Promise<number> {
  authorize(ctx, AUDIT_READ);
  const { verified, brokenAt } = await getChain(ctx);
  if (brokenAt !== null) return 0;
  const { db, clock } = ctx.services;
  const before = after(clock.now(), -AUDIT_DAYS[ctx.tenant.plan] * DAY);
  const wanted = { before, upTo: verified.sequence, limit: LINES_AT_ONCE };
  for (let total = 0;;) {
    const deleted = await deleteAuditLines(db, ctx.tenant, wanted);
    total += deleted;
    if (deleted < LINES_AT_ONCE) return total;
  }
}
