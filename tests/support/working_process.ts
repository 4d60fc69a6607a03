/**
 * A product process whose jobs each leave one effect, to be killed midway: see job_processes.ts. It also serves requests
 * if its ROLE says so. The argument is a job's duration in milliseconds.
 */
import { sql } from "drizzle-orm";
import { pause } from "../../db/connection/retry.ts";
import { openEngine } from "../../jobs/engines/open.ts";
import { JobWorker } from "../../jobs/runner/job_worker.ts";
import { createApp } from "../../routes/app.ts";
import { COLLECT_TENANT } from "../../src/analytics/jobs.ts";
import { loadConfig } from "../../src/config.ts";
import type { JobRun } from "../../src/outbox/job.ts";
import { startLogging } from "../../src/platform/log.ts";
import { startServices } from "../../src/services.ts";
import { replaced } from "./jobs.ts";

const half = Number(Deno.args[0]) / 2;
const config = loadConfig();
await startLogging(config.logLevel);
const services = await startServices(config);
const { control } = services.db;
await control.execute(sql`create schema if not exists job_effects`);
await control.execute(sql`create table if not exists job_effects.keys (job_id uuid primary key)`);
await control.execute(sql`create table if not exists job_effects.effects (job_id uuid not null)`);
const server = config.role === "all"
  ? Deno.serve({ port: config.port, onListen: () => {} }, (await createApp(services)).fetch)
  : undefined;
const worker = await JobWorker.start(services, await openEngine(config), {
  jobs: [replaced(COLLECT_TENANT, leaveEffect)],
});
Deno.stdout.writeSync(new TextEncoder().encode("running jobs\n"));
Deno.addSignalListener("SIGTERM", async () => {
  await Promise.all([server?.shutdown(), worker.close()]);
  await services.close();
  Deno.exit(0);
});

/** The effect and its key are written together, and the key is unique, so repeated starts leave one effect. */
async function leaveEffect({ id, system }: JobRun): Promise<void> {
  await pause(half);
  await system.tx(async (tx) => {
    const added = await tx.execute(
      sql`insert into job_effects.keys values (${id}) on conflict do nothing returning job_id`,
    );
    if (added.length > 0) await tx.execute(sql`insert into job_effects.effects values (${id})`);
  });
  await pause(half);
}
