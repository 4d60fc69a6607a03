import { authorize } from "../access/authorize.ts";
import { withActorColors } from "../access/members.ts";
import { auditOfActions } from "../audit/audit_log.ts";
import type { TenantContext } from "../context.ts";
import { EVENTS } from "./events.ts";
import { BILLING_READ } from "./permissions.ts";

const HISTORY_LENGTH = 10;
const ACTIONS = EVENTS.map(({ name }) => name);

/** What last happened to the tenant's plan and invoices, newest first. Throws `forbidden`. */
export async function listBillingHistory(ctx: TenantContext) {
  authorize(ctx, BILLING_READ);
  const [lines] = await ctx.read((tx) => [auditOfActions(tx, { actions: ACTIONS, limit: HISTORY_LENGTH })]);
  return await withActorColors(ctx, lines);
}
