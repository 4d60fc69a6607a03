import { sql } from "drizzle-orm";
import { logSlowStatements } from "../db/connection/slow_statements.ts";
import { openEngine } from "../jobs/engines/open.ts";
import { JobWorker, NEW_JOBS } from "../jobs/runner/job_worker.ts";
import { enqueueMissed, registerSchedules, type Running } from "../jobs/schedules.ts";
import { createApp } from "../routes/app.ts";
import { createOperationsApp } from "../routes/operations.ts";
import { type HttpServer, serveHttp } from "../routes/server/http_server.ts";
import { type Config, ConfigError, loadConfig } from "./config.ts";
import { OPEN_STREAMS } from "./event_stream/open_streams.ts";
import { LIVE_FEEDS } from "./notifications/live_feeds.ts";
import { SECOND } from "./platform/clock.ts";
import { describeError, flushLog, logOf, reasonOf, startLogging } from "./platform/log.ts";
import { StartError } from "./platform/start_error.ts";
import { startTracing } from "./platform/tracing.ts";
import type { Services } from "./ports.ts";
import { startServices } from "./services.ts";
import { UPKEEP } from "./tenancy/upkeep.ts";

/** The time limit for draining the queue on platforms where nothing runs between requests. */
const DRAIN_TIME = 50 * SECOND;

/** The time reserved for writing the log before the process ends. */
const FINAL_LOG_TIME = SECOND / 2;

const log = logOf("server");

/** Resolves when the start is complete. Undefined in a process that runs no schedules. */
const { promise: running, resolve: startSchedules } = Promise.withResolvers<Running | undefined>();

let isStopping = false;

registerSchedules(async () => isStopping ? undefined : await running);
await main();

async function main(): Promise<void> {
  const config = readConfig();
  await startLogging(config.logLevel);
  startTracing(config);
  logSlowStatements(config.slowQuery);
  try {
    const services = await startServices(config);
    const worker = config.role === "web" ? undefined : await startWorker(config, services);
    if (!worker) services.jobs.listen(() => notifyWorkers(services));
    startSchedules(worker && { services, drain: () => drain(config, worker) });
    const servers = [...serveMetrics(config, services), ...await servePages(config, services)];
    stopOnSignal(services, servers, worker);
    announce(config);
    services.use(UPKEEP).start(services); // last, so that preparing schemas doesn't delay the start
    await Promise.all(servers.map(({ finished }) => finished));
  } catch (error) {
    if (!(error instanceof StartError)) log.fatal("start failed", describeError(error));
    fail([error instanceof Error ? reasonOf(error).message : String(error)]);
  }
}

async function servePages(config: Config, services: Services): Promise<HttpServer[]> {
  const { host, port, role } = config;
  if (role === "worker") return [];
  const app = await createApp(services);
  return [serveHttp({ host, port, portSetting: "PORT" }, app.fetch, config)];
}

/** Serves the metrics on a separate port if one is configured. */
function serveMetrics(config: Config, services: Services): HttpServer[] {
  const { host, metricsPort } = config;
  if (metricsPort === undefined) return [];
  const address = { host, port: metricsPort, portSetting: "METRICS_PORT" } as const;
  return [serveHttp(address, createOperationsApp(services).fetch, config)];
}

async function startWorker(config: Config, services: Services): Promise<JobWorker> {
  const worker = await JobWorker.start(services, await openEngine(config));
  await enqueueMissed(services);
  return worker;
}

/** A process that stays alive only needs to be woken, because it polls the outbox. */
function drain({ sleepsBetweenRequests }: Config, worker: JobWorker): void | Promise<void> {
  return sleepsBetweenRequests ? worker.idle(DRAIN_TIME) : worker.wake();
}

/** Notifies workers in other processes about new jobs. */
function notifyWorkers({ db }: Services): void {
  db.control.execute(sql`select pg_notify(${NEW_JOBS}, '')`).catch((error) =>
    log.debug("could not notify the workers; they find new jobs within a second", describeError(error))
  );
}

function stopOnSignal(services: Services, servers: HttpServer[], worker?: JobWorker): void {
  const { config, health } = services;
  const stop = async (delay: number) => {
    if (isStopping) return;
    isStopping = true;
    log.info("stopping");
    health.beginStop();
    for (const server of servers) server.announceStop();
    const stopped = finishWork(services, servers, delay, worker).catch((error) =>
      log.error("stopping failed", describeError(error))
    );
    const latest = elapsed(delay + config.stopGrace - FINAL_LOG_TIME);
    if (await Promise.race([stopped, latest]) === false) log.warn("some work was cut off");
    flushLog();
    Deno.exit(0);
  };
  Deno.addSignalListener("SIGINT", () => stop(0)); // a person waits; Deno Deploy sends no more requests
  Deno.addSignalListener("SIGTERM", () => stop(servers.length > 0 ? config.stopDelay : 0));
}

async function finishWork(
  services: Services,
  servers: HttpServer[],
  delay: number,
  worker?: JobWorker,
): Promise<void> {
  const requests = elapsed(delay).then(() => finishRequests(services, servers));
  await Promise.all([requests, worker?.close()]);
  await services.close();
}

async function finishRequests(services: Services, servers: HttpServer[]): Promise<void> {
  await Promise.all([services.use(OPEN_STREAMS).close(), services.use(LIVE_FEEDS).close()]); // they never end on their own
  const shutdown = Promise.all(servers.map((server) => server.shutdown())).then(() => true);
  if (!await Promise.race([shutdown, elapsed(services.config.drainTime)])) {
    log.warn("some requests were cut off");
  }
}

function elapsed(milliseconds: number): Promise<false> {
  return new Promise((done) => setTimeout(() => done(false), milliseconds));
}

function announce(config: Config): void {
  const { appUrl, environment, databaseUrl, dataDir, role, host, port } = config;
  const database = databaseUrl ? "PostgreSQL" : `embedded in ${dataDir}`;
  if (role === "worker") {
    return print(["", `  Denizen is running jobs and schedules. Environment: ${environment}.`, ""]);
  }
  print([
    "",
    `  Denizen is running at ${appUrl.origin}`,
    `  Sign up at            ${appUrl.origin}/signup`,
    ...(config.smtpUrl || config.resendApiKey
      ? []
      : [`  Captured email is at  ${appUrl.origin}/dev/mailbox`]),
    `  Listening on port ${port} of ${host ?? "every address of this machine"}.`,
    `  Database: ${database}. Environment: ${environment}.`,
    "",
  ]);
}

function readConfig(): Config {
  try {
    return loadConfig();
  } catch (error) {
    if (error instanceof ConfigError) fail(error.lines);
    throw error;
  }
}

function fail(lines: string[]): never {
  flushLog();
  for (const line of lines) Deno.stderr.writeSync(new TextEncoder().encode(`denizen: ${line}\n`));
  Deno.exit(1);
}

function print(lines: string[]): void {
  Deno.stdout.writeSync(new TextEncoder().encode(lines.join("\n") + "\n"));
}
