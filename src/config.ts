import { z } from "zod";
import { SECOND } from "./platform/clock.ts";
import { DatabaseUrlError, parseDatabaseUrl } from "../db/connection/database_url.ts";
import { parseAppUrl } from "./platform/app_url.ts";
import {
  type EmailConfig,
  emailConfig,
  emailProblems,
  emailVariables,
  sendsToOthers,
} from "./email/email_variables.ts";
import { type AddressRange, parseAddressRange } from "./platform/address_ranges.ts";

/** What stands in for APP_SECRET until one is set. Production refuses it. */
export const DEVELOPMENT_SECRET = "development-only-secret-do-not-use-in-production";

const MIN_SECRET_LENGTH = 32;
/** Kubernetes kills 30 seconds after its signal, Docker 10. */
const STOP = { stopGrace: 8 * SECOND, drainTime: 5 * SECOND };
/** Deno Deploy kills 5 seconds after its signal. */
const DENO_DEPLOY_STOP = { stopGrace: 4.5 * SECOND, drainTime: 2 * SECOND };

const MIN_METRICS_TOKEN_LENGTH = 16;

/** An IP address, in brackets or not, or a name. */
const HOST_FORM = /^(\[[0-9a-f:.]+\]|[0-9a-f:.]+|[a-z0-9.-]+)$/i;

const wholeNumber = (min: number, max: number) =>
  z.coerce.number({ error: `must be a whole number from ${min} to ${max}` }).int().min(min).max(max);

const databaseAddress = z.string().superRefine((text, problems) => {
  try {
    parseDatabaseUrl(text);
  } catch (error) {
    if (!(error instanceof DatabaseUrlError)) throw error;
    problems.addIssue(error.message);
  }
});

const environment = z.object({
  DENO_ENV: z.enum(["production", "development", "test"]).optional(),
  /** Set by Deno Deploy, which takes no variables of ours that begin with DENO_. */
  DENO_DEPLOY: z.string().optional(),
  PORT: z.coerce.number({ error: "must be a port number, 0 to 65535" }).int().min(0).max(65_535).default(
    8000,
  ),
  HOST: z.string().regex(HOST_FORM, "must be an address or name of this machine, such as 127.0.0.1 or ::1")
    .transform((host) => host.replace(/^\[(.*)\]$/, "$1")).optional(),
  APP_URL: z.string().transform(parseAppUrl).optional(),
  DATA_DIR: z.string().min(1).default(".data"),
  APP_SECRET: z.string().min(MIN_SECRET_LENGTH, `must have at least ${MIN_SECRET_LENGTH} characters`)
    .default(DEVELOPMENT_SECRET),
  DATABASE_URL: databaseAddress.optional(),
  DATABASE_CONNECTIONS: wholeNumber(4, 200).default(12),
  DATABASE_POOLER: z.enum(["none", "transaction"]).optional(),
  DB_LANES: wholeNumber(1, 50).default(3),
  MIGRATION_DATABASE_URL: databaseAddress.optional(),
  ALLOW_UNHARDENED_DATABASE: z.enum(["0", "1"]).default("0"),
  TENANT_POOL_SIZE: wholeNumber(0, 1_000).default(5),
  SIGN_UP: z.enum(["immediate", "verified"], { error: "must be immediate or verified" }).default("immediate"),
  JOBS_ENGINE: z.enum(["kv", "postgres"]).default("kv"),
  ROLE: z.enum(["all", "web", "worker"]).default("all"),
  LOG_LEVEL: z.enum(["debug", "info", "warning", "error"]).default("info"),
  METRICS_PORT: wholeNumber(1, 65_535).optional(),
  METRICS_TOKEN: z.string().min(
    MIN_METRICS_TOKEN_LENGTH,
    `must have at least ${MIN_METRICS_TOKEN_LENGTH} characters`,
  ).optional(),
  METRICS_MAX_TENANTS: wholeNumber(1, 10_000).default(200),
  TRUSTED_PROXIES: z.string().default("").transform(parseTrustedProxies),
  ...emailVariables,
});

export type Environment = "production" | "development" | "test";

export type Config = EmailConfig & {
  environment: Environment;
  /** Milliseconds after the signal to stop by which the process has ended, whatever hangs. */
  stopGrace: number;
  /** Milliseconds of them that requests and jobs may take to finish. */
  drainTime: number;
  /** Nothing runs here but while a request or a schedule is served: Deno Deploy. */
  sleepsBetweenRequests: boolean;
  /** The address to listen on. Absent: every address of this machine, IPv6 and IPv4. */
  host: string | undefined;
  port: number;
  /** Scheme, host and port of the apex, without a path. */
  appUrl: URL;
  dataDir: string;
  appSecret: string;
  /** Absent: the embedded database in `dataDir`. */
  databaseUrl: string | undefined;
  databaseConnections: number;
  /** `transaction`: `databaseUrl` is a pooler that gives out its connections for a transaction each. */
  databasePooler: "none" | "transaction";
  /** Into how many lanes the tenants' connections are split. */
  databaseLanes: number;
  /** Absent: the application's login makes and migrates the schemas itself. */
  migrationDatabaseUrl: string | undefined;
  /** Production starts on a database whose tenants' roles have more privileges than they need. */
  allowUnhardenedDatabase: boolean;
  /** How many schemas wait, ready, for the next tenants. */
  tenantPoolSize: number;
  /** When a sign-up creates the workspace: at once, or only after a code that is sent to the address. */
  signUp: "immediate" | "verified";
  /** What carries jobs to those who run them: Deno KV's queue, for one process, or graphile-worker, for many. */
  jobsEngine: "kv" | "postgres";
  /** What this process does: serve, run jobs and schedules, or both. */
  role: "all" | "web" | "worker";
  logLevel: "debug" | "info" | "warning" | "error";
  /** Where the metrics are served, and nowhere else. Absent: on the main port, as `metricsToken` says. */
  metricsPort: number | undefined;
  /** What a scraper has to send. Absent: the metrics are open, and not on the main port in production. */
  metricsToken: string | undefined;
  /** How many tenants, the busiest, have a label of their own in the metrics. */
  metricsMaxTenants: number;
  /** Whose `X-Forwarded-For` is believed. */
  trustedProxies: AddressRange[];
};

/** Every wrong variable, one line each. */
export class ConfigError extends Error {
  readonly lines: string[];

  constructor(lines: string[]) {
    super(lines.join("\n"));
    this.name = "ConfigError";
    this.lines = lines;
  }
}

/** The process's configuration. The only place that reads the environment. Throws `ConfigError`. */
export function loadConfig(): Config {
  const names = Object.keys(environment.shape);
  return parseConfig(Object.fromEntries(names.map((name) => [name, Deno.env.get(name)])));
}

/** The password that `denizen setup` gives the administrator; not part of the configuration. */
export function readAdminPasswordVariable(): string | undefined {
  return Deno.env.get("ADMIN_PASSWORD") || undefined;
}

/** A `Config` from variables; an empty one counts as unset. Throws `ConfigError`. */
export function parseConfig(variables: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`));
  }
  const values = parsed.data;
  const appUrl = values.APP_URL ?? new URL(`http://localhost:${values.PORT}`);
  const environmentName = values.DENO_ENV ?? (values.DENO_DEPLOY ? "production" : "development");
  const config: Config = {
    environment: environmentName,
    sleepsBetweenRequests: Boolean(values.DENO_DEPLOY),
    ...(values.DENO_DEPLOY ? DENO_DEPLOY_STOP : STOP),
    host: values.HOST,
    port: values.PORT,
    appUrl,
    dataDir: values.DATA_DIR,
    appSecret: values.APP_SECRET,
    databaseUrl: values.DATABASE_URL,
    databaseConnections: values.DATABASE_CONNECTIONS,
    databasePooler: values.DATABASE_POOLER ?? (isPooler(values.DATABASE_URL) ? "transaction" : "none"),
    databaseLanes: values.DB_LANES,
    migrationDatabaseUrl: values.MIGRATION_DATABASE_URL,
    allowUnhardenedDatabase: values.ALLOW_UNHARDENED_DATABASE === "1",
    tenantPoolSize: values.TENANT_POOL_SIZE,
    signUp: values.SIGN_UP,
    jobsEngine: values.JOBS_ENGINE,
    role: values.ROLE,
    logLevel: values.LOG_LEVEL,
    metricsPort: values.METRICS_PORT,
    metricsToken: values.METRICS_TOKEN,
    metricsMaxTenants: values.METRICS_MAX_TENANTS,
    trustedProxies: values.TRUSTED_PROXIES,
    ...emailConfig(values, appUrl),
  };
  const problems = [
    ...unsafeInProduction(config),
    ...publicInDevelopment(config),
    ...halfConfigured(config),
    ...sharedPort(config),
    ...emailProblems(values, environmentName),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function parseTrustedProxies(list: string, context: z.RefinementCtx): AddressRange[] {
  const entries = list.split(",").map((part) => part.trim()).filter(Boolean);
  return entries.flatMap((entry) => {
    const range = parseAddressRange(entry);
    if (!range) {
      const message = `"${entry}" is not an IP address or range; write 10.0.0.1, 10.0.0.0/8 or fd00::/8`;
      context.addIssue({ code: "custom", message });
    }
    return range ?? [];
  });
}

/** Why the KV queue takes server and worker in one process. */
export const KV_NEEDS_ONE_PROCESS =
  "the queue of Deno KV wakes no listener in another process, so one process serves and runs jobs; set JOBS_ENGINE=postgres to split them";

function halfConfigured(config: Config): string[] {
  const { databaseUrl, databasePooler, migrationDatabaseUrl, jobsEngine, role, sleepsBetweenRequests } =
    config;
  const lines: string[] = [];
  if (jobsEngine === "kv" && sleepsBetweenRequests) {
    lines.push("JOBS_ENGINE: must be postgres on Deno Deploy, whose KV has no queues");
  }
  if (jobsEngine === "kv" && role !== "all") lines.push(`ROLE: ${KV_NEEDS_ONE_PROCESS}`);
  if (databasePooler === "none" && isPooler(databaseUrl)) {
    lines.push("DATABASE_POOLER: must be transaction, or not set, with pgbouncer=true in DATABASE_URL");
  }
  if (isPooler(migrationDatabaseUrl)) {
    lines.push("MIGRATION_DATABASE_URL: must be the database's own address, without pgbouncer=true");
  }
  if (databaseUrl) return lines;
  if (jobsEngine === "postgres") {
    lines.push("JOBS_ENGINE: postgres needs DATABASE_URL; the embedded database serves one process");
  }
  if (databasePooler !== "none") lines.push("DATABASE_POOLER: needs DATABASE_URL, the address of the pooler");
  if (migrationDatabaseUrl) {
    lines.push("MIGRATION_DATABASE_URL: needs DATABASE_URL, the application's own login");
  }
  return lines;
}

function isPooler(url: string | undefined): boolean {
  return url !== undefined && parseDatabaseUrl(url).isPooler;
}

function sharedPort({ port, metricsPort }: Config): string[] {
  return metricsPort === port
    ? [`METRICS_PORT: must be another port than the product's own, ${port} (PORT)`]
    : [];
}

function unsafeInProduction({ environment, appSecret }: Config): string[] {
  if (environment !== "production" || appSecret !== DEVELOPMENT_SECRET) return [];
  return [`APP_SECRET: must be set in production, to at least ${MIN_SECRET_LENGTH} random characters`];
}

/** Development has a secret that everyone knows, and open pages under /dev: not for a server that others reach. */
function publicInDevelopment(config: Config): string[] {
  if (config.environment !== "development") return [];
  const reason = config.appUrl.protocol === "https:"
    ? "APP_URL is https"
    : sendsToOthers(config)
    ? "email is configured"
    : undefined;
  if (!reason) return [];
  return [
    `DENO_ENV: set DENO_ENV=production and an APP_SECRET; ${reason}, and development is not safe to expose`,
  ];
}
