import { parseDatabaseUrl } from "../db/connection/database_url.ts";
import { ADMIN_PASSWORD, DEVELOPMENT_SECRET, MIN_SECRET_LENGTH, SETTINGS } from "./config/settings.ts";
import { SECOND } from "./platform/clock.ts";
import { isKeyPair } from "./platform/key_pair.ts";
import type { NamedAddress } from "./platform/named_address.ts";
import { readSettings, type SettingValues } from "./platform/setting.ts";
import { isOnThisMachine } from "./platform/smtp_url.ts";

const SENDER_NAME = "Denizen";

/** Kubernetes kills a process 30 seconds after the stop signal, Docker after 10. */
const STOP = { stopDelay: 1.5 * SECOND, stopGrace: 8 * SECOND, drainTime: 5 * SECOND };
/** Deno Deploy kills a process 5 seconds after the stop signal, and sends it no requests after the signal. */
const DENO_DEPLOY_STOP = { stopDelay: 0, stopGrace: 4.5 * SECOND, drainTime: 2 * SECOND };

export type Environment = "production" | "development" | "test";

/** The settings as the product uses them. `src/config/settings.ts` describes each setting. */
export type Config = Values & Derived;

type Values = SettingValues<typeof SETTINGS>;

/** Values that follow from several settings, or from where the process runs. */
type Derived = {
  environment: Environment;
  /** Scheme, host and port of the apex, without a path. */
  appUrl: URL;
  /** `APP_SECRET`, which seals, and then `APP_SECRET_PREVIOUS` if it is set. Either opens what it sealed. */
  appSecrets: readonly string[];
  databasePooler: "none" | "transaction";
  emailFrom: NamedAddress;
  /** A `mailto:` or `https:` URI. */
  securityContact: string;
  /** For this many milliseconds after the stop signal, a server keeps serving but isn't ready. */
  stopDelay: number;
  /** The process ends this many milliseconds after `stopDelay` at the latest, even if something hangs. */
  stopGrace: number;
  /** The part of `stopGrace` in which requests and jobs may finish. */
  drainTime: number;
};

/** Lists every invalid variable, one per line. */
export class ConfigError extends Error {
  readonly lines: string[];

  constructor(lines: string[]) {
    super(lines.join("\n"));
    this.name = "ConfigError";
    this.lines = lines;
  }
}

/** The process's configuration. Throws `ConfigError`. */
export function loadConfig(): Config {
  return parseConfig(readVariables());
}

/** The variables of all settings that are set. */
export function readVariables(): Record<string, string> {
  const names = Object.values(SETTINGS).map(({ name }) => name);
  return Object.fromEntries(names.map((name) => [name, Deno.env.get(name) ?? ""]).filter(([, text]) => text));
}

/** The operating system's user, for the audit logs. */
export function readUserName(): string | undefined {
  return Deno.env.get("USER") || Deno.env.get("USERNAME") || undefined;
}

export function readAdminPasswordVariable(): string | undefined {
  return Deno.env.get(ADMIN_PASSWORD.name) || undefined;
}

/** A `Config` from variables. An empty variable counts as unset. Throws `ConfigError`. */
export function parseConfig(variables: Record<string, string | undefined>): Config {
  const read = readSettings(SETTINGS, variables);
  if ("problems" in read) throw new ConfigError(read.problems);
  const config = { ...read.values, ...derive(read.values) };
  const problems = [
    ...unsafeInProduction(config),
    ...privateWebhooks(config),
    ...publicInDevelopment(config),
    ...halfConfigured(config),
    ...sharedPort(config),
    ...redisProblems(config),
    ...providerProblems(config),
    ...twilioProblems(config),
    ...vapidProblems(config),
    ...stripeProblems(config),
    ...backupProblems(config),
    ...emailProblems(read.values, config.environment),
    ...bounceProblems(config),
    ...tracingProblems(config),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function derive(values: Values): Derived {
  const { environment, databaseUrl, sleepsBetweenRequests, port, appSecret, appSecretPrevious } = values;
  const appUrl = values.appUrl ?? new URL(`http://localhost:${port}`);
  const stop = sleepsBetweenRequests ? DENO_DEPLOY_STOP : STOP;
  const emailFrom = values.emailFrom ?? { name: SENDER_NAME, address: `no-reply@${appUrl.hostname}` };
  return {
    environment: environment ?? (sleepsBetweenRequests ? "production" : "development"),
    appUrl,
    appSecrets: [appSecret, appSecretPrevious].filter((secret) => secret !== undefined),
    databasePooler: values.databasePooler ?? (isPooler(databaseUrl) ? "transaction" : "none"),
    emailFrom,
    securityContact: values.securityContact ?? `mailto:${emailFrom.address}`,
    ...stop,
    stopDelay: values.stopDelay ?? stop.stopDelay,
  };
}

function unsafeInProduction({ environment, appSecret }: Config): string[] {
  if (environment !== "production" || appSecret !== DEVELOPMENT_SECRET) return [];
  return [`APP_SECRET: must be set in production, to at least ${MIN_SECRET_LENGTH} random characters`];
}

function privateWebhooks({ environment, webhooksAllowPrivate }: Config): string[] {
  if (environment !== "production" || !webhooksAllowPrivate) return [];
  return [
    "WEBHOOKS_ALLOW_PRIVATE: must not be set in production; anyone could reach this machine's services",
  ];
}

/** Development uses a secret that everyone knows and open pages under /dev, so others must not reach it. */
function publicInDevelopment(config: Config): string[] {
  if (config.environment !== "development") return [];
  const reason = config.appUrl.protocol === "https:"
    ? "APP_URL is https"
    : reachesOthers(config)
    ? "email is configured"
    : undefined;
  if (!reason) return [];
  return [
    `DENO_ENV: set DENO_ENV=production and an APP_SECRET; ${reason}, and development is not safe to expose`,
  ];
}

function reachesOthers({ resendApiKey, smtpUrl }: Config): boolean {
  return resendApiKey !== undefined || (smtpUrl !== undefined && !isOnThisMachine(smtpUrl));
}

/** The reason why one process must both serve and run jobs with Deno KV's queue. */
export const KV_NEEDS_ONE_PROCESS =
  "Deno KV's queue can't notify another process, so one process must serve and run jobs; set JOBS_ENGINE=postgres to split them";

function halfConfigured(config: Config): string[] {
  const { databaseUrl, databasePooler, migrationDatabaseUrl, databaseReplicaUrl } = config;
  const { jobsEngine, role, sleepsBetweenRequests } = config;
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
  if (databaseReplicaUrl) lines.push("DATABASE_REPLICA_URL: needs DATABASE_URL, the address of the primary");
  return lines;
}

function isPooler(url: string | undefined): boolean {
  return url !== undefined && parseDatabaseUrl(url).isPooler;
}

function sharedPort({ port, metricsPort }: Config): string[] {
  if (metricsPort !== port) return [];
  return [`METRICS_PORT: must differ from the product's own port, ${port} (PORT)`];
}

function redisProblems({ redisUrl, upstashUrl, upstashToken }: Config): string[] {
  const lines: string[] = [];
  if (redisUrl && upstashUrl) {
    lines.push("UPSTASH_REDIS_REST_URL: can't be combined with REDIS_URL; set one of them");
  }
  if (upstashUrl && !upstashToken) {
    lines.push("UPSTASH_REDIS_REST_TOKEN: must be set with UPSTASH_REDIS_REST_URL");
  }
  if (upstashToken && !upstashUrl) {
    lines.push("UPSTASH_REDIS_REST_URL: must be set with UPSTASH_REDIS_REST_TOKEN");
  }
  return lines;
}

function providerProblems(config: Config): string[] {
  const pairs = [
    ["GOOGLE", config.googleClientId, config.googleClientSecret],
    ["GITHUB", config.githubClientId, config.githubClientSecret],
    ["MICROSOFT", config.microsoftClientId, config.microsoftClientSecret],
  ];
  return pairs.flatMap(([name, id, secret]) => {
    if (Boolean(id) === Boolean(secret)) return [];
    const [missing, given] = id ? ["SECRET", "ID"] : ["ID", "SECRET"];
    return [`${name}_CLIENT_${missing}: must be set with ${name}_CLIENT_${given}`];
  });
}

function twilioProblems({ twilioAccountSid, twilioAuthToken, twilioFrom }: Config): string[] {
  const given = {
    TWILIO_ACCOUNT_SID: twilioAccountSid,
    TWILIO_AUTH_TOKEN: twilioAuthToken,
    TWILIO_FROM: twilioFrom,
  };
  const names = Object.entries(given).filter(([, value]) => value).map(([name]) => name);
  if (names.length === 0) return [];
  return Object.keys(given).filter((name) => !names.includes(name))
    .map((name) => `${name}: must be set with ${names.join(" and ")}`);
}

function vapidProblems({ vapidPublicKey, vapidPrivateKey }: Config): string[] {
  if (!vapidPublicKey && !vapidPrivateKey) return [];
  if (!vapidPrivateKey) return ["VAPID_PRIVATE_KEY: must be set with VAPID_PUBLIC_KEY"];
  if (!vapidPublicKey) return ["VAPID_PUBLIC_KEY: must be set with VAPID_PRIVATE_KEY"];
  return isKeyPair(vapidPublicKey, vapidPrivateKey) ? [] : [
    "VAPID_PRIVATE_KEY: must belong to VAPID_PUBLIC_KEY",
  ];
}

function stripeProblems({ environment, stripeSecretKey, stripeWebhookSecret }: Config): string[] {
  const lines: string[] = [];
  if (stripeSecretKey && !stripeWebhookSecret) {
    lines.push("STRIPE_WEBHOOK_SECRET: must be set with STRIPE_SECRET_KEY");
  }
  if (stripeWebhookSecret && !stripeSecretKey) {
    lines.push("STRIPE_SECRET_KEY: must be set with STRIPE_WEBHOOK_SECRET");
  }
  if (environment !== "production" && stripeSecretKey && isLiveKey(stripeSecretKey)) {
    lines.push("STRIPE_SECRET_KEY: a live key moves real money, so it needs DENO_ENV=production");
  }
  return lines;
}

/** What leaves this machine is encrypted, so a bucket needs a key as well. */
function backupProblems(config: Config): string[] {
  if (!config.backupBucketUrl) return [];
  const needed = {
    BACKUP_BUCKET_KEY_ID: config.backupBucketKeyId,
    BACKUP_BUCKET_SECRET: config.backupBucketSecret,
    BACKUP_AGE_RECIPIENT: config.backupAgeRecipient,
  };
  return Object.entries(needed).filter(([, value]) => !value)
    .map(([name]) => `${name}: must be set with BACKUP_BUCKET_URL`);
}

/** Whether real money moves with this secret key of Stripe. */
export function isLiveKey(key: string): boolean {
  return /^[sr]k_live_/.test(key);
}

/** Production must send email, because it has no development mailbox. */
function emailProblems({ smtpUrl, resendApiKey, emailFrom }: Values, environment: Environment): string[] {
  const lines: string[] = [];
  if (smtpUrl && resendApiKey) lines.push("RESEND_API_KEY: can't be combined with SMTP_URL; set one of them");
  if (environment !== "production") return lines;
  if (!smtpUrl && !resendApiKey) lines.push("SMTP_URL: must be set in production, unless RESEND_API_KEY is");
  if (!emailFrom) lines.push("EMAIL_FROM: must be set in production");
  return lines;
}

/** Resend chooses the return path of its emails itself. */
function bounceProblems({ emailReturnHost, emailWebhookSecret, resendApiKey }: Config): string[] {
  if (!emailReturnHost) return [];
  const lines: string[] = [];
  if (!emailWebhookSecret) lines.push("EMAIL_WEBHOOK_SECRET: must be set with EMAIL_RETURN_HOST");
  if (resendApiKey) {
    lines.push("EMAIL_RETURN_HOST: can't be combined with RESEND_API_KEY, which takes bounces itself");
  }
  return lines;
}

/** Deno's spans would leak tokens, and tracing everything is a decision that nobody makes by accident. */
function tracingProblems({ openTelemetry, tracesOfDeno, tracesSampler }: Config): string[] {
  const lines: string[] = [];
  if (tracesOfDeno || (openTelemetry && tracesOfDeno === undefined)) {
    lines.push(
      "OTEL_DENO_TRACING: must be false; Deno's own spans contain whole URLs, with the tokens in them",
    );
  }
  if (openTelemetry && !tracesSampler) {
    lines.push(
      "OTEL_TRACES_SAMPLER: must be set with OTEL_DENO, such as parentbased_traceidratio with OTEL_TRACES_SAMPLER_ARG=0.05",
    );
  }
  return lines;
}
