/** Many jobs, and workers on either engine, for the job benchmarks. */
import { sql } from "drizzle-orm";
import { join } from "node:path";
import type { Engine, EngineName } from "../../jobs/engines/engine.ts";
import { openKvEngine } from "../../jobs/engines/kv.ts";
import { openPostgresEngine } from "../../jobs/engines/postgres.ts";
import { JobWorker, NEW_JOBS } from "../../jobs/runner/job_worker.ts";
import { COLLECT_TENANT } from "../../src/analytics/jobs.ts";
import type { SystemContext } from "../../src/context.ts";
import type { JobRun } from "../../src/outbox/job.ts";
import { enqueueAll } from "../../src/outbox/outbox.ts";
import { replaced } from "../support/jobs.ts";
import type { Fleet } from "./fleet.ts";
import { withAdmin } from "./removal.ts";

/** The job in these benchmarks. Its queue, `analytics`, runs ten at once. */
const JOB = COLLECT_TENANT;
const PAYLOAD = { day: "2026-01-01" };
const ENQUEUED_AT_ONCE = 2_000;

/** Adds jobs to the outbox, alternating between the tenants. Returns their ids. */
export async function enqueueMany(
  system: SystemContext,
  tenantIds: string[],
  count: number,
): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const some = Array.from({ length: Math.min(ENQUEUED_AT_ONCE, count - ids.length) }, (_, index) => ({
      payload: PAYLOAD,
      tenantId: tenantIds[index % tenantIds.length],
    }));
    ids.push(...await system.tx((tx) => enqueueAll(system, tx, JOB, some)));
  }
  return ids;
}

/** Runs `work` beside a worker in this process whose jobs only call `onStart`. */
export async function withWorker<T>(
  system: SystemContext,
  { url }: Fleet,
  engine: EngineName,
  onStart: (run: JobRun) => unknown,
  work: (worker: JobWorker) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "denizen-bench-" });
  const jobs = [replaced(JOB, onStart)];
  const worker = await JobWorker.start(system.services, await openEngine(engine, url, folder), { jobs });
  try {
    return await work(worker);
  } finally {
    await worker.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Notifies workers, like a web process that has enqueued jobs. */
export function notifyWorkers({ control }: SystemContext): void {
  control.execute(sql`select pg_notify(${NEW_JOBS}, '')`).catch(() => {});
}

/** Empties the outbox, so that every round starts the same. */
export async function clearOutbox({ adminUrl }: Fleet): Promise<void> {
  await withAdmin(adminUrl, async (admin) => {
    await admin`truncate control.outbox, control.job_minutes`;
  });
}

async function openEngine(engine: EngineName, url: string, folder: string): Promise<Engine> {
  return engine === "kv"
    ? await openKvEngine(join(folder, "jobs.kv"))
    : await openPostgresEngine(url, "none");
}
