/** Processes that run jobs and can be killed, and what their jobs have left. */
import { sql } from "drizzle-orm";
import type { Database } from "../../db/connect.ts";
import { parseConfig } from "../../src/config.ts";
import { type SystemContext, systemContext } from "../../src/context.ts";
import { enqueueAll } from "../../src/jobs/outbox.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { buildServices, openDatabase } from "../../src/services.ts";

const SCRIPT = new URL("./working_process.ts", import.meta.url).pathname;

/** The job whose handler leaves an effect. */
export const JOB_WITH_EFFECT = { name: "metrics.collect_tenant", payload: { day: "2026-01-01" } } as const;

/** The product in a process of its own, each of whose jobs takes so many milliseconds and leaves an effect. */
export class WorkingProcess implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;

  constructor(variables: Record<string, string>, jobMilliseconds: number) {
    const { DATA_DIR } = variables;
    this.#process = new Deno.Command("deno", {
      args: [
        "run",
        "--no-check",
        "--no-prompt",
        "--allow-net",
        "--allow-read",
        `--allow-write=${DATA_DIR}`,
        "--allow-env",
        "--allow-sys",
        SCRIPT,
        String(jobMilliseconds),
      ],
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH")!, HOME: Deno.env.get("HOME")!, LOG_LEVEL: "error", ...variables },
      stdin: "null",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
  }

  /** Sends the signal and waits for the end. Returns the exit code. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number> {
    try {
      this.#process.kill(signal);
    } catch { /* it has ended by itself */ }
    return (await this.#process.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
  }
}

/** The product beside a running process, or, with `alone`, when none runs: without server and worker. */
export async function openBeside(
  variables: Record<string, string>,
  options: { alone: boolean } = { alone: false },
): Promise<SystemContext> {
  const config = parseConfig({ ...variables, DENO_ENV: "test" });
  const { db, close } = await openDatabase(config, options);
  const services = await buildServices(config, systemClock, db, close);
  return systemContext(services, { type: "system", name: "test" }, newId());
}

/** Puts so many jobs into the outbox, of the platform or of tenants in turn. */
export async function enqueueJobs(system: SystemContext, count: number, tenantIds: string[] = []) {
  for (let left = count; left > 0; left -= 1_000) {
    const jobs = Array.from({ length: Math.min(left, 1_000) }, (_, place) => ({
      ...JOB_WITH_EFFECT,
      tenantId: tenantIds[place % tenantIds.length],
    }));
    await system.tx((tx) => enqueueAll(system, tx, jobs));
  }
}

/** What became of the jobs. `begins`: how often one was begun. `mostBegins`: of the job that was begun most often. */
export type Toll = {
  jobs: number;
  done: number;
  failed: number;
  running: number;
  begins: number;
  mostBegins: number;
  effects: number;
  jobsWithEffect: number;
};

export async function readToll({ control }: Database): Promise<Toll> {
  const [row] = await control.execute<Toll>(sql`
    select count(*)::int as jobs, count(*) filter (where state = 'done')::int as done,
      count(*) filter (where state = 'failed')::int as failed, count(*) filter (where state = 'running')::int as running,
      coalesce(sum(attempts), 0)::int as begins, coalesce(max(attempts), 0)::int as "mostBegins",
      (select count(*)::int from job_effects.effects) as effects,
      (select count(distinct job_id)::int from job_effects.effects e join control.outbox o on o.id = e.job_id)
        as "jobsWithEffect"
    from control.outbox where name = ${JOB_WITH_EFFECT.name}`);
  return { ...row! };
}
