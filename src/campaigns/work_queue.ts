import { eq } from "drizzle-orm";
import { z } from "zod";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { campaigns } from "../../db/tenant/schema/campaigns.ts";
import type { TenantContext } from "../context.ts";
import type { QueueName } from "../outbox/queues.ts";
import { enqueue } from "../outbox/outbox.ts";
import { MINUTE } from "../platform/clock.ts";
import type { Campaign } from "./campaign.ts";

/** After this, a claimed email's process is dead. It is longer than sending an email may take. */
export const CLAIM_TIMEOUT = 10 * MINUTE;

/** The job that works on a campaign for a while. src/campaigns/work.ts runs it. */
export const WORK = {
  name: "campaigns.work",
  queue: "campaigns" as QueueName,
  payload: z.object({ campaignId: z.uuid(), run: z.int() }),
};

/** Enqueues the campaign's next job, in the transaction that locked the campaign. Every earlier job becomes outdated. */
export async function enqueueWork(
  ctx: TenantContext,
  tx: TenantTx,
  { id, run }: Pick<Campaign, "id" | "run">,
  delay: number,
): Promise<void> {
  await tx.update(campaigns).set({ run: run + 1 }).where(eq(campaigns.id, id));
  await enqueue(ctx, tx, WORK, { campaignId: id, run: run + 1 }, { delay, key: `${id} ${run + 1}` });
}
