import { and, desc, eq, gt, inArray } from "drizzle-orm";
import { z } from "zod";
import { outbox } from "../../db/control/schema/outbox.ts";
import { job } from "../outbox/job.ts";
import { enqueue } from "../outbox/outbox.ts";
import { schedule } from "../outbox/schedule.ts";
import { after, DAY } from "../platform/clock.ts";
import { WORK as SEQUENCE_WORK } from "../sequences/work_queue.ts";
import { WORK } from "./work_queue.ts";

const WORKS = [WORK, SEQUENCE_WORK];
const MAX_AT_ONCE = 1_000;

/**
 * Enqueues work on campaigns and sequences again whose job has failed for good, because nothing else would go on with them. Where
 * somebody has since, the new job is outdated and does nothing.
 */
export const REPEAT_FAILED_WORK = job("campaigns.repeat_failed_work", {
  queue: "cleanup",
  payload: z.object({}),
  run: async ({ system }) => {
    const failed = await system.control.select().from(outbox).where(and(
      eq(outbox.state, "failed"),
      gt(outbox.endedAt, after(system.services.clock.now(), -DAY)),
      inArray(outbox.name, WORKS.map(({ name }) => name)),
    )).orderBy(desc(outbox.endedAt)).limit(MAX_AT_ONCE);
    await system.tx(async (tx) => {
      for (const { id, name, payload, tenantId } of failed) {
        const work = WORKS.find((each) => each.name === name)!;
        await enqueue(system, tx, { ...work, payload: z.unknown() }, payload, {
          tenantId: tenantId!,
          key: `again ${id}`,
        });
      }
    });
  },
});

export const REPEAT_SCHEDULE = schedule("failed campaign work", "11 * * * *", {
  job: REPEAT_FAILED_WORK,
  payload: () => ({}),
  catchUp: 1,
});
