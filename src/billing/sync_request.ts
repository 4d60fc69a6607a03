import { eq } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { billingAccounts } from "../../db/control/schema/billing.ts";
import type { SystemContext } from "../context.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { enqueue } from "../outbox/outbox.ts";

/** The job that brings an account in step with its gateway. Its work is in jobs.ts. */
export const SYNC_REQUEST = {
  name: "billing.sync",
  queue: "billing",
  payload: z.object({ accountId: z.uuid() }),
} as const;

/** Asks for a sync, once for each generation. The job is the platform's, so that a suspended or deleted tenant doesn't hold it. */
export async function requestSync(
  ctx: SystemContext,
  tx: ControlTx,
  { id, generation }: { id: string; generation: number },
): Promise<void> {
  await enqueue(ctx, tx, SYNC_REQUEST, { accountId: id }, { key: `${id} ${generation}`, partition: id });
}

/** Asks for a sync of a tenant's account, if it has one. */
export async function requestSyncOf(ctx: SystemContext, tx: ControlTx, tenantId: TenantId): Promise<void> {
  const { id, generation } = billingAccounts;
  const [account] = await tx.select({ id, generation }).from(billingAccounts)
    .where(eq(billingAccounts.tenantId, tenantId));
  if (account) await requestSync(ctx, tx, account);
}
