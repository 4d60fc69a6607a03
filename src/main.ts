import { createApp } from "../routes/app.ts";
import { type Config, ConfigError, loadConfig } from "./config.ts";
import { SECOND } from "./platform/clock.ts";
import { describeError, flushLog, logOf, reasonOf, startLogging } from "./platform/log.ts";
import { type Services, startServices } from "./services.ts";

/** How long running requests may take after the signal to stop. */
const SHUTDOWN_GRACE = 10 * SECOND;

const log = logOf("server");

await main();

async function main(): Promise<void> {
  const config = readConfig();
  await startLogging(config.logLevel);
  try {
    const services = await startServices(config);
    await serve(config, services);
  } catch (error) {
    log.fatal("start failed", describeError(error));
    fail([error instanceof Error ? reasonOf(error).message : String(error)]);
  }
}

async function serve(config: Config, services: Services): Promise<void> {
  const app = await createApp(services);
  const server = Deno.serve({ port: config.port, onListen: () => announce(config) }, app.fetch);
  stopOnSignal(server, services);
  await server.finished;
}

function stopOnSignal(server: Deno.HttpServer, services: Services): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    log.info("stopping");
    const finished = await Promise.race([server.shutdown().then(() => true), elapsed(SHUTDOWN_GRACE)]);
    if (!finished) log.warn("some requests were cut off");
    await services.close();
    flushLog();
    Deno.exit(0);
  };
  Deno.addSignalListener("SIGINT", stop);
  Deno.addSignalListener("SIGTERM", stop);
}

function elapsed(milliseconds: number): Promise<false> {
  return new Promise((done) => setTimeout(() => done(false), milliseconds));
}

function announce({ appUrl, environment, databaseUrl, dataDir }: Config): void {
  const database = databaseUrl ? "PostgreSQL" : `embedded, in ${dataDir}`;
  print([
    "",
    `  Denizen is running at ${appUrl.origin}`,
    `  Sign a company up at  ${appUrl.origin}/signup`,
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
