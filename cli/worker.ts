import { logSlowStatements } from "../db/connection/slow_statements.ts";
import { openEngine } from "../jobs/engines/open.ts";
import { JobWorker } from "../jobs/runner/job_worker.ts";
import { enqueueMissed, registerSchedules } from "../jobs/schedules.ts";
import { createOperationsApp } from "../routes/operations.ts";
import { type HttpServer, serveHttp } from "../routes/server/http_server.ts";
import { KV_NEEDS_ONE_PROCESS } from "../src/config.ts";
import { requireHardenedDatabase } from "../src/operations/database_safety.ts";
import { startLogging } from "../src/platform/log.ts";
import { startTracing } from "../src/platform/tracing.ts";
import type { Services } from "../src/ports.ts";
import { TENANTS } from "../src/tenancy/tenant_directory.ts";
import { CommandFailure } from "./options.ts";
import { createOutput } from "./output.ts";

/**
 * Runs jobs and schedules until a signal stops the process, or with `drain` until no job is due. Throws `CommandFailure` if the
 * engine supports only one process.
 */
export async function runWorker(services: Services, { drain }: { drain: boolean }): Promise<void> {
  const { config } = services;
  if (config.jobsEngine === "kv") {
    throw new CommandFailure(`Can't run a separate worker: ${KV_NEEDS_ONE_PROCESS}.`);
  }
  await startLogging(config.logLevel);
  startTracing(config);
  logSlowStatements(config.slowQuery);
  await requireHardenedDatabase(services.db, config);
  await services.use(TENANTS).listen(services.forgetTenant);
  const metrics = drain ? undefined : serveMetrics(services);
  const worker = await JobWorker.start(services, await openEngine(config));
  try {
    await enqueueMissed(services);
    if (drain) return await worker.idle();
    const running = { services, drain: () => worker.wake() };
    registerSchedules(() => Promise.resolve(running));
    const stopped = stopSignal();
    createOutput(false).note("Running jobs. Press Ctrl-C to stop after the current ones.");
    await stopped;
  } finally {
    await Promise.all([metrics?.shutdown(), worker.close()]);
  }
}

/** Serves metrics at `METRICS_PORT`, if it is set, like a process with ROLE=worker. */
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
