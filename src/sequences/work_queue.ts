import { eq } from "drizzle-orm";
import { z } from "zod";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { sequences } from "../../db/tenant/schema/sequences.ts";
import type { TenantContext } from "../context.ts";
import { enqueue } from "../outbox/outbox.ts";
import type { QueueName } from "../outbox/queues.ts";
import type { Sequence } from "./sequence.ts";

/** The job that moves a sequence's contacts on. src/sequences/work.ts runs it. */
export const WORK = {
  name: "sequences.work",
  queue: "campaigns" as QueueName,
  payload: z.object({ sequenceId: z.uuid(), run: z.int() }),
};

/** Enqueues the next job, in the transaction that locked the sequence. Every earlier job becomes outdated. */
export async function enqueueWork(
  ctx: TenantContext,
  tx: TenantTx,
  { id, run }: Pick<Sequence, "id" | "run">,
  delay: number,
): Promise<void> {
  await tx.update(sequences).set({ run: run + 1 }).where(eq(sequences.id, id));
  await enqueue(ctx, tx, WORK, { sequenceId: id, run: run + 1 }, { delay, key: `${id} ${run + 1}` });
}
