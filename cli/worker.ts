import { openEngine } from "../jobs/engines/open.ts";
import { JobWorker } from "../jobs/runner/job_worker.ts";
import { enqueueMissed, registerSchedules } from "../jobs/schedules.ts";
import { type HttpServer, serveHttp } from "../routes/http_server.ts";
import { createOperationsApp } from "../routes/operations.ts";
import { KV_NEEDS_ONE_PROCESS } from "../src/config.ts";
import { requireHardenedDatabase } from "../src/operations/database_safety.ts";
import { conflict } from "../src/errors.ts";
import { startLogging } from "../src/platform/log.ts";
import type { Services } from "../src/ports.ts";
import { createOutput } from "./output.ts";
import { TENANTS } from "../src/tenancy/tenant_directory.ts";

/**
 * Runs jobs and schedules until this process gets a signal to stop; with `drain`, until nothing is due. Throws `conflict` where
 * the engine is for one process.
 */
export async function runWorker(services: Services, { drain }: { drain: boolean }): Promise<void> {
  const { config } = services;
  if (config.jobsEngine === "kv") {
    throw conflict(`The worker can't run by itself: ${KV_NEEDS_ONE_PROCESS}.`);
  }
  await startLogging(config.logLevel);
  await requireHardenedDatabase(services.db, config);
  await services.use(TENANTS).listen(services.forgetTenant);
  const metrics = drain ? undefined : serveMetrics(services);
  const worker = await JobWorker.start(services, await openEngine(config));
  try {
    await enqueueMissed(services);
    if (drain) return await worker.idle();
    const running = { services, drain: () => worker.wake() };
    registerSchedules(() => Promise.resolve(running));
    createOutput(false).note("Running jobs. Ctrl-C stops after those that run now.");
    await stopSignal();
  } finally {
    await Promise.all([metrics?.shutdown(), worker.close()]);
  }
}

/** As a process with ROLE=worker does: at `METRICS_PORT`, if there is one. */
function serveMetrics(services: Services): HttpServer | undefined {
  const { config } = services;
  if (config.metricsPort === undefined) return undefined;
  const address = { host: config.host, port: config.metricsPort, portSetting: "METRICS_PORT" } as const;
  return serveHttp(address, createOperationsApp(services).fetch, config);
}

function stopSignal(): Promise<void> {
  return new Promise((stop) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => stop());
  });
}
