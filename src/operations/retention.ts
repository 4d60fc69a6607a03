import { z } from "zod";
import { and, inArray, lt, type SQL } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { oneTimeTokens, pendingSignUps, refreshTokens, sessions } from "../../db/control/schema/identity.ts";
import { jobMinutes, outbox } from "../../db/control/schema/outbox.ts";
import { subdomains } from "../../db/control/schema/tenants.ts";
import type { SystemContext } from "../context.ts";
import { after, DAY, HOUR } from "../platform/clock.ts";
import { eq } from "drizzle-orm";
import { job } from "../outbox/job.ts";
import { schedule } from "../outbox/schedule.ts";
import { logOf } from "../platform/log.ts";

const log = logOf("cleanup");

const ROWS_AT_ONCE = 5_000;

/** How long something is kept after its end, for those who look into what happened. */
const KEPT = {
  expired: DAY,
  endedJobs: 3 * DAY,
  failedJobs: 90 * DAY,
  jobFigures: 30 * DAY,
  /** They are counted for an hour after their start, so that an address gets few codes. */
  pendingSignUps: HOUR,
};

/**
 * Deletes what nobody needs any more: expired sessions, tokens, sign-ups and redirects, and jobs that ended some time ago. In
 * batches, so that nobody waits for it. Returns how many rows of each table went.
 */
export async function deleteExpired(ctx: SystemContext): Promise<Record<string, number>> {
  const before = (age: number) => after(ctx.services.clock.now(), -age);
  const expired = before(KEPT.expired);
  const endedBefore = (state: "done" | "failed", age: number) =>
    and(eq(outbox.state, state), lt(outbox.endedAt, before(age)))!;
  return {
    sessions: await deleteAll(ctx, sessions, sessions.id, lt(sessions.expiresAt, expired)),
    one_time_tokens: await deleteAll(
      ctx,
      oneTimeTokens,
      oneTimeTokens.id,
      lt(oneTimeTokens.expiresAt, expired),
    ),
    refresh_tokens: await deleteAll(
      ctx,
      refreshTokens,
      refreshTokens.id,
      lt(refreshTokens.expiresAt, expired),
    ),
    pending_sign_ups: await deleteAll(
      ctx,
      pendingSignUps,
      pendingSignUps.id,
      lt(pendingSignUps.createdAt, before(KEPT.pendingSignUps)),
    ),
    subdomains: await deleteAll(ctx, subdomains, subdomains.name, lt(subdomains.expiresAt, expired)),
    jobs: await deleteAll(ctx, outbox, outbox.id, endedBefore("done", KEPT.endedJobs)) +
      await deleteAll(ctx, outbox, outbox.id, endedBefore("failed", KEPT.failedJobs)),
    job_minutes: await deleteAll(
      ctx,
      jobMinutes,
      jobMinutes.minute,
      lt(jobMinutes.minute, before(KEPT.jobFigures)),
    ),
  };
}

async function deleteAll(
  { control }: SystemContext,
  table: PgTable,
  key: PgColumn,
  over: SQL,
): Promise<number> {
  for (let total = 0;;) {
    const some = control.select({ key }).from(table).where(over).limit(ROWS_AT_ONCE);
    // `over` once more: a row that was changed while the deletion waited for it is looked at again.
    const gone = await control.delete(table).where(and(inArray(key, some), over)).returning({ key });
    total += gone.length;
    if (gone.length < ROWS_AT_ONCE) return total;
  }
}

export const DELETE_EXPIRED = job("cleanup.expired", {
  queue: "cleanup",
  payload: z.object({}),
  run: async ({ system }) => log.info("deleted expired rows", await deleteExpired(system)),
});

export const RETENTION_SCHEDULE = schedule("cleanup", "17 3 * * *", {
  job: DELETE_EXPIRED,
  payload: () => ({}),
  catchUp: 1,
});
