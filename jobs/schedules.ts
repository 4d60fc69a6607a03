import { Cron } from "croner";
import { eq } from "drizzle-orm";
import { schedules } from "../db/control/schema/outbox.ts";
import { systemActor } from "../src/access/actor.ts";
import { inBackground, systemContext } from "../src/context.ts";
import { FEATURES } from "../src/feature_list.ts";
import { enqueueAll } from "../src/outbox/outbox.ts";
import type { Schedule } from "../src/outbox/schedule.ts";
import { after } from "../src/platform/clock.ts";
import { newId } from "../src/platform/ids.ts";
import { describeError, logOf } from "../src/platform/log.ts";
import type { Services } from "../src/ports.ts";

const log = logOf("jobs");

/** The schedules of all features. Deno Deploy's free plan allows ten, including the queue drain. */
export const SCHEDULES: readonly Schedule[] = FEATURES.flatMap(({ schedules }) => schedules);

/**
 * Enqueues a job for each time at which the schedule was due since the last check, even if several processes check at once.
 * The first check of a schedule enqueues nothing.
 */
export async function enqueueDue(
  services: Services,
  { name, cron, job, payload, catchUp }: Schedule,
): Promise<void> {
  const ctx = systemContext(inBackground(services), systemActor("Schedules"), newId());
  const now = services.clock.now();
  const slots = slotsUntil(cron, now, catchUp);
  const newest = slots.at(-1);
  if (!newest) return;
  await ctx.tx(async (tx) => {
    await tx.insert(schedules).values({ name, lastSlot: newest }).onConflictDoNothing();
    const [row] = await tx.select().from(schedules).where(eq(schedules.name, name)).for("update");
    const due = slots.filter((slot) => slot > row!.lastSlot);
    if (due.length === 0) return;
    const jobs = due.map((slot) => ({ payload: payload(slot), key: `${name} ${slot.toISOString()}` }));
    await enqueueAll(ctx, tx, job, jobs);
    await tx.update(schedules).set({ lastSlot: newest }).where(eq(schedules.name, name));
  });
}

/** Catches up on all schedules: on times missed while no process ran, and on attempts that failed. */
export async function enqueueMissed(services: Services): Promise<void> {
  for (const schedule of SCHEDULES) await enqueueDue(services, schedule);
}

/**
 * Registers all schedules with the runtime. Call it at the top level of the program, where Deno Deploy finds them. `running`
 * resolves once the process has started, or to undefined if it runs no schedules.
 */
export function registerSchedules(running: () => Promise<Running | undefined>): void {
  for (const schedule of SCHEDULES) {
    Deno.cron(
      schedule.name,
      schedule.cron,
      () => attempt(schedule.name, running, ({ services }) => enqueueDue(services, schedule)),
    );
  }
  Deno.cron("queue drain", "* * * * *", () => attempt("queue drain", running, everyMinute));
}

export type Running = {
  services: Services;
  /** Runs due jobs on platforms where nothing runs between requests. */
  drain: () => void | Promise<void>;
};

export async function everyMinute({ services, drain }: Running): Promise<void> {
  try {
    await enqueueMissed(services);
  } finally {
    await drain();
  }
}

async function attempt(
  name: string,
  running: () => Promise<Running | undefined>,
  work: (running: Running) => Promise<void>,
): Promise<void> {
  try {
    const parts = await running();
    if (parts) await work(parts);
  } catch (error) {
    log.error("a schedule failed; the next minute catches up", {
      schedule: name,
      ...describeError(error),
    });
  }
}

/** The last `count` times at which a schedule was due, oldest first. */
function slotsUntil(cron: string, now: Date, count: number): Date[] {
  const pattern = new Cron(cron, { timezone: "UTC", paused: true });
  return pattern.previousRuns(count, after(now, 1)).reverse();
}
