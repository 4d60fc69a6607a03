import { eq } from "drizzle-orm";
import type { z } from "zod";
import { outbox } from "../../db/control/schema/outbox.ts";
import type { Engine, EngineName } from "../../jobs/engines/engine.ts";
import { openKvEngine } from "../../jobs/engines/kv.ts";
import { openPostgresEngine } from "../../jobs/engines/postgres.ts";
import { JobWorker, type WorkerOptions } from "../../jobs/runner/job_worker.ts";
import { COLLECT_TENANT } from "../../src/analytics/jobs.ts";
import type { SystemContext } from "../../src/context.ts";
import type { Job, JobRun } from "../../src/outbox/job.ts";
import { enqueueAll, type JobOptions } from "../../src/outbox/outbox.ts";
import { newId } from "../../src/platform/ids.ts";
import type { Services } from "../../src/ports.ts";
import { poolerUrl, serverUrl } from "./database.ts";
import { PATIENCE } from "./patience.ts";
import type { World } from "./world.ts";

/** The engines that can be tested. `postgres` needs a server. */
export const ENGINES: EngineName[] = serverUrl ? ["kv", "postgres"] : ["kv"];

/** A job in the queue `analytics` that may belong to a tenant or to the platform. */
export const JOB = COLLECT_TENANT;
export const PAYLOAD = { day: "2026-01-01" };

/** Worker options in which `JOB` does `work` instead. */
export function doing(work: (run: JobRun) => unknown): { jobs: Job[] } {
  return { jobs: [replaced(JOB, work)] };
}

/** The job, doing `work` instead. */
export function replaced<Payload extends z.ZodType>(
  job: Job<Payload>,
  work: (run: JobRun, payload: z.output<Payload>) => unknown,
): Job {
  const run = async (run: JobRun, payload: z.output<Payload>) => {
    await work(run, payload);
  };
  return { ...job, run } as unknown as Job;
}

/** Enqueues `JOB` for the platform, once per entry. Returns the ids. */
export function added(system: SystemContext, jobs: JobOptions[]): Promise<string[]> {
  return system.tx((tx) =>
    enqueueAll(system, tx, JOB, jobs.map((options) => ({ payload: PAYLOAD, ...options })))
  );
}

export async function jobOf(world: World, id: string) {
  const [job] = await world.system.control.select().from(outbox).where(eq(outbox.id, id));
  return job!;
}

/** A worker in this world, closed with the scope. */
export async function startWorker(
  world: World,
  engine: EngineName,
  options: WorkerOptions & { services?: Services } = {},
): Promise<JobWorker & AsyncDisposable> {
  const worker = await JobWorker.start(
    options.services ?? world.services,
    await openEngine(world, engine),
    options,
  );
  return Object.assign(worker, { [Symbol.asyncDispose]: () => worker.close() });
}

function openEngine({ variables }: World, engine: EngineName): Promise<Engine> {
  if (engine === "kv") return openKvEngine(":memory:");
  return openPostgresEngine(variables.DATABASE_URL!, poolerUrl ? "transaction" : "none");
}

/** Adds a job in any state to the outbox, as if it had reached that state normally. Returns its id. */
export async function addJob(world: World, job: Partial<typeof outbox.$inferInsert>): Promise<string> {
  const [id, now] = [newId(), world.clock.now()];
  await world.system.control.insert(outbox).values({
    id,
    queue: "analytics",
    name: "metrics.collect",
    payload: { day: "2026-03-01" },
    state: "waiting",
    priority: 100,
    runAt: now,
    createdAt: now,
    ...job,
  });
  return id;
}

/** Waits until the condition holds. Fails after `PATIENCE`. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error("The condition didn't hold in time.");
    await new Promise((done) => setTimeout(done, 10));
  }
}
