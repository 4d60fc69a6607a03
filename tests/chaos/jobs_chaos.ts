import { asc, gt, sql } from "drizzle-orm";
import { outbox } from "../../db/control/schema/outbox.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { EngineName } from "../../jobs/engines/engine.ts";
import type { SystemContext } from "../../src/context.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { type Fleet, openFleet } from "../performance/fleet.ts";
import { removeLeftovers } from "../performance/removal.ts";
import { openSystem } from "../performance/services.ts";
import {
  enqueueJobs,
  readEffects,
  readToll,
  type Toll,
  untilDone,
  WorkingProcess,
} from "../support/job_processes.ts";
import { freePort } from "../support/process.ts";

const ENGINES: EngineName[] = ["kv", "postgres"];
const TENANTS = 10;
const JOBS = 20_000;
const KILLS = 20;
const JOBS_FOR_SIGTERM = 1_000;
const JOB_MILLISECONDS = 4;
const LONGEST_RESTART_SECONDS = 30;
const LONGEST_RUN_MILLISECONDS = 10 * 60_000;

/** Kills the process repeatedly while jobs run, on each engine. Returns false if a job was lost or done twice. */
export async function killWorkers(adminUrl: string): Promise<boolean> {
  await removeLeftovers(adminUrl);
  let passed = true;
  for (const engine of ENGINES) {
    const fleet = await openFleet(TENANTS, adminUrl);
    const folder = await Deno.makeTempDir({ prefix: "denizen-chaos-" });
    const system = await openSystem(fleet.db);
    try {
      passed = await tryEngine(fleet, system, engine, folder) && passed;
    } finally {
      await system.services.close();
      await fleet.close();
      await Deno.remove(folder, { recursive: true });
    }
  }
  return passed;
}

async function tryEngine(
  { url }: Fleet,
  system: SystemContext,
  engine: EngineName,
  folder: string,
): Promise<boolean> {
  const rows = await system.control.select({ id: tenants.id }).from(tenants).orderBy(asc(tenants.id));
  const tenantIds = rows.map(({ id }) => id);
  const variables = {
    DATABASE_URL: url,
    DATA_DIR: folder,
    JOBS_ENGINE: engine,
    ROLE: engine === "kv" ? "all" : "worker",
    PORT: String(await freePort()),
    LOG_LEVEL: "error",
    TENANT_POOL_SIZE: "0",
  };
  const start = () => new WorkingProcess(variables, JOB_MILLISECONDS);
  const trial = new Trial(engine);

  await enqueueJobs(system, JOBS, tenantIds);
  const kills: Kill[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    await using process = start();
    await untilDone(system, JOBS * (kill + Math.random()) / KILLS, LONGEST_RUN_MILLISECONDS);
    await process.end("SIGKILL");
    kills.push({ at: systemClock.now(), orphans: await findInProgress(system) });
  }
  await using last = start();
  await untilDone(system, JOBS, LONGEST_RUN_MILLISECONDS);
  await trial.expectAll(system, `${KILLS} × SIGKILL`, JOBS);
  trial.expectRestarted(await secondsToRestart(system, kills));

  await enqueueJobs(system, JOBS_FOR_SIGTERM, tenantIds);
  await untilDone(system, JOBS + JOBS_FOR_SIGTERM / 4, LONGEST_RUN_MILLISECONDS);
  const code = await last.end("SIGTERM");
  trial.expectStopped(code, await readToll(system));
  await using another = start();
  await untilDone(system, JOBS + JOBS_FOR_SIGTERM, LONGEST_RUN_MILLISECONDS);
  await another.end("SIGTERM");
  await trial.expectAll(system, "and SIGTERM", JOBS + JOBS_FOR_SIGTERM);
  return trial.passed;
}

/** When a process was killed, and the jobs that it left in progress. */
type Kill = { at: Date; orphans: string[] };

/** Compares the jobs with the expectations and prints the results. */
class Trial {
  readonly #engine: EngineName;
  passed = true;

  constructor(engine: EngineName) {
    this.#engine = engine;
  }

  async expectAll(system: SystemContext, after: string, jobs: number): Promise<void> {
    const [toll, effects] = [await readToll(system), await readEffects(system)];
    const [lost, doubled] = [jobs - effects.jobs, effects.effects - effects.jobs];
    this.#check(
      lost === 0 && doubled === 0 && toll.done === jobs && toll.jobs === jobs,
      `${after}: ${jobs} jobs, ${toll.done} done, ${toll.failed} failed, ${lost} lost, ${doubled} doubled; ` +
        `${toll.starts - jobs} restarted, none started more than ${toll.mostStarts} times`,
    );
  }

  expectRestarted(seconds: number[]): void {
    const longest = Math.max(...seconds);
    this.#check(
      longest < LONGEST_RESTART_SECONDS,
      `all jobs of a killed process restarted within ${longest.toFixed(1)} s`,
    );
  }

  expectStopped(code: number, { running }: Toll): void {
    this.#check(
      code === 0 && running === 0,
      `SIGTERM: the process exited with ${code} and left ${running} running`,
    );
  }

  #check(condition: boolean, text: string): void {
    this.passed &&= condition;
    const line = `${condition ? "ok    " : "FAILED"} ${this.#engine}: ${text}\n`;
    Deno.stdout.writeSync(new TextEncoder().encode(line));
  }
}

async function findInProgress({ control }: SystemContext): Promise<string[]> {
  const rows = await control.select({ id: outbox.id }).from(outbox)
    .where(sql`state in ('dispatched', 'running')`).orderBy(asc(outbox.id));
  return rows.map(({ id }) => id);
}

/** The time from each kill until its last job restarted, without jobs that were orphaned again. */
async function secondsToRestart({ control }: SystemContext, kills: Kill[]): Promise<number[]> {
  return await Promise.all(kills.map(async ({ at, orphans }, index) => {
    const later = new Set(kills.slice(index + 1).flatMap((kill) => kill.orphans));
    const own = new Set(orphans.filter((id) => !later.has(id)));
    const rows = await control.select({ id: outbox.id, startedAt: outbox.startedAt }).from(outbox)
      .where(gt(outbox.startedAt, at)).orderBy(asc(outbox.startedAt));
    const last = rows.findLast(({ id }) => own.has(id))?.startedAt ?? at;
    return (last.getTime() - at.getTime()) / 1_000;
  }));
}
