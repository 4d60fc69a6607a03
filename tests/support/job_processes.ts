/** Processes that run jobs and can be killed, and the effects of their jobs. */
import { and, eq, sql } from "drizzle-orm";
import { pause } from "../../db/connection/retry.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import type { EngineName } from "../../jobs/engines/engine.ts";
import { systemActor } from "../../src/access/actor.ts";
import { COLLECT_TENANT } from "../../src/analytics/jobs.ts";
import { parseConfig } from "../../src/config.ts";
import { type SystemContext, systemContext, type TenantContext } from "../../src/context.ts";
import { findOrCreateUser } from "../../src/identity/users.ts";
import { openDatabase } from "../../src/operations/database.ts";
import { enqueueAll } from "../../src/outbox/outbox.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { buildServices } from "../../src/services.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { createTenant, newTenant } from "../../src/tenancy/tenants.ts";
import { newDataFolder, openTestDatabase, serverUrl } from "./database.ts";
import { shortLived } from "./v8_flags.ts";

const SCRIPT = new URL("./working_process.ts", import.meta.url).pathname;
const ENQUEUED_AT_ONCE = 1_000;
const LOOK_EVERY_MILLISECONDS = 20;

/** The job that leaves an effect. */
export const JOB_WITH_EFFECT = COLLECT_TENANT;
export const PAYLOAD = { day: "2026-01-01" };

/** The product in a separate process. Each job takes the given milliseconds and leaves an effect. */
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
      env: { PATH: Deno.env.get("PATH")!, HOME: Deno.env.get("HOME")!, ...shortLived(), ...variables },
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
  }

  /** Waits until the process runs jobs. Throws if it exits instead. */
  async ready(): Promise<void> {
    const reader = this.#process.stdout.getReader();
    const { done } = await reader.read();
    reader.releaseLock();
    if (done) throw new Error("The process ended before it ran jobs.");
  }

  /** Sends the signal and waits for the exit. Returns the exit code. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number> {
    try {
      this.#process.kill(signal);
    } catch { /* it has ended by itself */ }
    const { code } = await this.#process.status;
    if (!this.#process.stdout.locked) await this.#process.stdout.cancel();
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
  }
}

/** The variables to run a process with this engine: a folder, and a database if there is a server. */
export async function openHome(
  engine: EngineName,
): Promise<{ variables: Record<string, string> } & AsyncDisposable> {
  const folder = await newDataFolder();
  const database = serverUrl ? await openTestDatabase() : undefined;
  const variables = { DATA_DIR: folder, JOBS_ENGINE: engine, TENANT_POOL_SIZE: "0", ...database?.variables };
  return {
    variables,
    async [Symbol.asyncDispose]() {
      await database?.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** The product without server and worker, beside a running process, or with `alone` without one. */
export async function openBeside(
  variables: Record<string, string>,
  options: { alone: boolean } = { alone: false },
): Promise<SystemContext & AsyncDisposable> {
  const config = parseConfig({ ...variables, DENO_ENV: "test" });
  const { db, close } = await openDatabase(config, options);
  const services = await buildServices(config, systemClock, db, close);
  const system = systemContext(services, systemActor("test"), newId());
  return Object.assign(system, { [Symbol.asyncDispose]: () => services.close() });
}

/** A new workspace, as the product itself acts in it. */
export async function openCompany(system: SystemContext): Promise<TenantContext> {
  const owner = {
    email: "owner@acme.example",
    name: "Owner",
    passwordHash: null,
    emailVerifiedAt: new Date(),
  };
  const { user } = await findOrCreateUser(system, system.control, owner);
  const wanted = newTenant.parse({ name: "Acme", subdomain: "acme", plan: "premium" });
  const { id } = await createTenant(system, wanted, () => Promise.resolve(user));
  return await openTenant(system, id);
}

/** Waits until the condition is true. Throws after `longest` milliseconds. */
export async function untilTrue(
  isTrue: () => boolean | Promise<boolean>,
  longest: number,
): Promise<void> {
  const deadline = performance.now() + longest;
  while (!await isTrue()) {
    if (performance.now() > deadline) throw new Error("It took too long.");
    await pause(5);
  }
}

/** Adds jobs to the outbox, for the platform or for the tenants in turn. */
export async function enqueueJobs(
  system: SystemContext,
  count: number,
  tenantIds: string[] = [],
): Promise<void> {
  for (let left = count; left > 0; left -= ENQUEUED_AT_ONCE) {
    const jobs = Array.from({ length: Math.min(left, ENQUEUED_AT_ONCE) }, (_, index) => ({
      payload: PAYLOAD,
      tenantId: tenantIds[index % tenantIds.length],
    }));
    await system.tx((tx) => enqueueAll(system, tx, JOB_WITH_EFFECT, jobs));
  }
}

/** Waits until the given number of jobs is done or the time is over. A later count shows missing jobs. */
export async function untilDone(
  { control }: SystemContext,
  goal: number,
  longest: number,
  name: string = JOB_WITH_EFFECT.name,
): Promise<void> {
  const deadline = performance.now() + longest;
  const isDone = and(eq(outbox.state, "done"), eq(outbox.name, name));
  while (await control.$count(outbox, isDone) < goal && performance.now() < deadline) {
    await pause(LOOK_EVERY_MILLISECONDS);
  }
}

/** The jobs' outcomes. `starts` counts all starts. `mostStarts` counts the starts of the job that started most often. */
export type Toll = {
  jobs: number;
  done: number;
  failed: number;
  running: number;
  /** Retries. */
  waiting: number;
  starts: number;
  mostStarts: number;
};

export async function readToll(
  { control }: SystemContext,
  name: string = JOB_WITH_EFFECT.name,
): Promise<Toll> {
  const [row] = await control.execute<Toll>(sql`
    select count(*)::int as jobs, count(*) filter (where state = 'done')::int as done,
      count(*) filter (where state = 'failed')::int as failed, count(*) filter (where state = 'running')::int as running,
      count(*) filter (where state = 'waiting')::int as waiting,
      coalesce(sum(attempts), 0)::int as starts, coalesce(max(attempts), 0)::int as "mostStarts"
    from ${outbox} where name = ${name}`);
  return { ...row! };
}

/** The number of effects, and of the jobs that left one. */
export async function readEffects({ control }: SystemContext): Promise<{ effects: number; jobs: number }> {
  const [row] = await control.execute<{ effects: number; jobs: number }>(sql`
    select (select count(*)::int from job_effects.effects) as effects,
      (select count(*)::int from ${outbox} where id in (select job_id from job_effects.effects)) as jobs`);
  return { ...row! };
}
