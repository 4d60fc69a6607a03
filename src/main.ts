import { openEngine } from "../jobs/engines/open.ts";
import { JobWorker, NEW_JOBS } from "../jobs/runner/job_worker.ts";
import { enqueueMissed, registerSchedules, type Running } from "../jobs/schedules.ts";
import { sql } from "drizzle-orm";
import { createApp } from "../routes/app.ts";
import { type HttpServer, serveHttp } from "../routes/server/http_server.ts";
import { createOperationsApp } from "../routes/operations.ts";
import { type Config, ConfigError, loadConfig } from "./config.ts";
import { SECOND } from "./platform/clock.ts";
import { describeError, flushLog, logOf, reasonOf, startLogging } from "./platform/log.ts";
import { startServices } from "./services.ts";
import type { Services } from "./ports.ts";
import { StartError } from "./platform/start_error.ts";
import { UPKEEP } from "./tenancy/upkeep.ts";

/** How long the queue may be drained at once where nothing runs between requests. */
const DRAIN_TIME = 50 * SECOND;

/** For the log to be written at the end. */
const LAST_WORDS_TIME = SECOND / 2;

const log = logOf("server");

/** What the schedules work with, as soon as the start is over; nothing in a process that only serves. */
const { promise: running, resolve: startSchedules } = Promise.withResolvers<Running | undefined>();

let isStopping = false;

registerSchedules(async () => isStopping ? undefined : await running);
await main();

async function main(): Promise<void> {
  const config = readConfig();
  await startLogging(config.logLevel);
  try {
    const services = await startServices(config);
    const worker = config.role === "web" ? undefined : await startWorker(config, services);
    if (!worker) services.jobs.listen(() => notifyWorkers(services));
    startSchedules(worker && { services, drain: () => drain(config, worker) });
    const servers = [...serveMetrics(config, services), ...await servePages(config, services)];
    stopOnSignal(services, servers, worker);
    announce(config);
    services.use(UPKEEP).start(services); // last, so that schemas made ahead delay no start
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

/** The metrics' own server, where they have a port of their own. */
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

/** Processes that stay alive look into the outbox on their own. */
function drain({ sleepsBetweenRequests }: Config, worker: JobWorker): void | Promise<void> {
  return sleepsBetweenRequests ? worker.idle(DRAIN_TIME) : worker.wake();
}

/** Notifies workers that there are new jobs, one message at a time. */
function notifyWorkers({ db }: Services): void {
  db.control.execute(sql`select pg_notify(${NEW_JOBS}, '')`).catch((error) =>
    log.debug("could not notify the workers; they find new jobs within a second", describeError(error))
  );
}

function stopOnSignal(services: Services, servers: HttpServer[], worker?: JobWorker): void {
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    log.info("stopping");
    const stopped = finishWork(services, servers, worker).catch((error) =>
      log.error("stopping failed", describeError(error))
    );
    const latest = elapsed(services.config.stopGrace - LAST_WORDS_TIME);
    if (await Promise.race([stopped, latest]) === false) log.warn("some work was cut off");
    flushLog();
    Deno.exit(0);
  };
  Deno.addSignalListener("SIGINT", stop);
  Deno.addSignalListener("SIGTERM", stop);
}

async function finishWork(services: Services, servers: HttpServer[], worker?: JobWorker): Promise<void> {
  const shutdown = Promise.all(servers.map((server) => server.shutdown())).then(() => true);
  const [finished] = await Promise.all([
    Promise.race([shutdown, elapsed(services.config.drainTime)]),
    worker?.close(),
  ]);
  if (!finished) log.warn("some requests were cut off");
  await services.close();
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
