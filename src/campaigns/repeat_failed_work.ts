import { and, desc, eq, gt, inArray } from "drizzle-orm";
import { z } from "zod";
import { outbox } from "../../db/control/schema/outbox.ts";
import type { SystemContext } from "../context.ts";
import { enqueue } from "../outbox/outbox.ts";
import { after, DAY } from "../platform/clock.ts";
import { WORK as SEQUENCE_WORK } from "../sequences/work_queue.ts";
import { WORK } from "./work_queue.ts";

const WORKS = [WORK, SEQUENCE_WORK];
const MAX_AT_ONCE = 1_000;

/**
 * Enqueues work on campaigns and sequences again, once, whose job has failed for good, because nothing else would go on with them.
 * Where somebody has since, the new job is outdated and does nothing.
 */
export async function repeatFailedWork(ctx: SystemContext): Promise<void> {
  const failed = await ctx.control.select().from(outbox).where(and(
    eq(outbox.state, "failed"),
    gt(outbox.endedAt, after(ctx.services.clock.now(), -DAY)),
    inArray(outbox.name, WORKS.map(({ name }) => name)),
  )).orderBy(desc(outbox.endedAt)).limit(MAX_AT_ONCE);
  if (failed.length === 0) return;
  await ctx.tx(async (tx) => {
    for (const { id, name, payload, tenantId } of failed) {
      const work = { ...WORKS.find((each) => each.name === name)!, payload: z.unknown() };
      await enqueue(ctx, tx, work, payload, { tenantId: tenantId!, key: `again ${id}` });
    }
  });
}
