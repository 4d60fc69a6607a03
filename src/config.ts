import { z } from "zod";

/** What stands in for APP_SECRET until one is set. Production refuses it. */
export const DEVELOPMENT_SECRET = "development-only-secret-do-not-use-in-production";

const MIN_SECRET_LENGTH = 32;

const environment = z.object({
  DENO_ENV: z.enum(["production", "development", "test"]).default("development"),
  PORT: z.coerce.number({ error: "must be a port number, 0 to 65535" }).int().min(0).max(65_535).default(
    8000,
  ),
  APP_URL: z.url({ protocol: /^https?$/, error: "must be an address such as https://example.com" })
    .optional(),
  DATA_DIR: z.string().min(1).default(".data"),
  APP_SECRET: z.string().min(MIN_SECRET_LENGTH, `must have at least ${MIN_SECRET_LENGTH} characters`)
    .default(DEVELOPMENT_SECRET),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// address" }).optional(),
  DATABASE_CONNECTIONS: z.coerce.number({ error: "must be a whole number from 2 to 200" }).int().min(2).max(
    200,
  ).default(8),
  LOG_LEVEL: z.enum(["debug", "info", "warning", "error"]).default("info"),
  TRUSTED_PROXIES: z.string().default("").transform((list) =>
    list.split(",").map((part) => part.trim()).filter(Boolean)
  ),
});

export type Environment = "production" | "development" | "test";

export type Config = {
  environment: Environment;
  port: number;
  /** Scheme, host and port of the apex, without a path. */
  appUrl: URL;
  dataDir: string;
  appSecret: string;
  /** Absent: the embedded database in `dataDir`. */
  databaseUrl: string | undefined;
  databaseConnections: number;
  logLevel: "debug" | "info" | "warning" | "error";
  /** Addresses whose `X-Forwarded-For` is believed. */
  trustedProxies: string[];
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
  const config: Config = {
    environment: values.DENO_ENV,
    port: values.PORT,
    appUrl: new URL(new URL(values.APP_URL ?? `http://localhost:${values.PORT}`).origin),
    dataDir: values.DATA_DIR,
    appSecret: values.APP_SECRET,
    databaseUrl: values.DATABASE_URL,
    databaseConnections: values.DATABASE_CONNECTIONS,
    logLevel: values.LOG_LEVEL,
    trustedProxies: values.TRUSTED_PROXIES,
  };
  refuseUnsafeProduction(config);
  return config;
}

function refuseUnsafeProduction(config: Config): void {
  if (config.environment !== "production" || config.appSecret !== DEVELOPMENT_SECRET) return;
  throw new ConfigError([
    `APP_SECRET: must be set in production, to at least ${MIN_SECRET_LENGTH} random characters`,
  ]);
}
