import { sql } from "drizzle-orm";
import type { Database } from "../db/connection/connect.ts";
import { inspectDatabase } from "../db/migration/inspect.ts";
import { migrationStatus } from "../db/migration/migration_status.ts";
import { StripeClient } from "../src/billing/gateway/stripe/client.ts";
import { type Config, ConfigError, isLiveKey, loadConfig, readVariables } from "../src/config.ts";
import { openDatabase } from "../src/operations/database.ts";
import { mustBeHardened } from "../src/operations/database_safety.ts";
import { checkDisk } from "../src/operations/health_checks.ts";
import { MINUTE, systemClock } from "../src/platform/clock.ts";
import type { Check } from "../src/platform/health.ts";
import { randomBase32 } from "../src/platform/crypto.ts";
import { VERSION } from "../src/platform/version.ts";
import { failureOf, withHealthChecks } from "./parts.ts";
import { askReady } from "./running_server.ts";
import { checkSettings } from "./setting_checks.ts";

/** `fix` says what to do. It is empty if the check is ok. */
export type Diagnosis = {
  check: string;
  status: "ok" | "warning" | "problem";
  detail: string;
  fix: string;
};

/** How far this machine's clock may be from the database's. Codes and tokens live for seconds to minutes. */
const CLOCK_WARNING = 2_000;
const CLOCK_PROBLEM = 30_000;
/** A new embedded database takes some seconds. */
const OPEN_TIME = MINUTE;

/** Checks everything that the installation needs. Never throws: what can't be checked is a problem. */
export async function diagnose(): Promise<Diagnosis[]> {
  const version = ok("version", `Denizen ${VERSION} on Deno ${Deno.version.deno}`);
  let config: Config;
  try {
    config = loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [version, ...error.lines.map((line) => problem("settings", line, "Correct this variable."))];
  }
  const [database, ...others] = await Promise.all([
    diagnoseDatabase(config),
    diagnoseDns(config),
    diagnoseStripe(config),
    diagnoseServer(config),
  ]);
  return [version, ...diagnoseSettings(config), ...database, ...others.flat()];
}

function diagnoseSettings(config: Config): Diagnosis[] {
  const warnings = checkSettings(config, readVariables()).filter(({ status }) => status === "warn");
  if (warnings.length === 0) return [ok("settings", "every value is valid")];
  return warnings.map(({ check, detail }) => warning(check, detail, "See docs/admin/configuration.md."));
}

async function diagnoseDatabase(config: Config): Promise<Diagnosis[]> {
  const where = config.databaseUrl ? "PostgreSQL" : `the embedded database in ${config.dataDir}`;
  const found: Diagnosis[] = [];
  const failure = await failureOf(async () => {
    const { db, close } = await openDatabase(config, { alone: false });
    try {
      const started = performance.now();
      await db.ping();
      const milliseconds = Math.round(performance.now() - started);
      found.push(ok("database", `${where} answers in ${milliseconds} ms`));
      const schema = await diagnoseSchema(db, config);
      const isEmpty = schema.length === 1;
      found.push(...await diagnoseClock(db), ...schema);
      found.push(
        ...await withHealthChecks(config, db, (checks) => diagnoseServices(config, checks, isEmpty)),
      );
    } finally {
      await close();
    }
  }, OPEN_TIME);
  if (failure === undefined) return [...found, ...await diagnoseDisk(config)];
  const fix = config.databaseUrl
    ? "Start PostgreSQL, and check the address, login and password in DATABASE_URL."
    : "Check DATA_DIR and its permissions.";
  return [...found, problem("database", `${where}: ${failure}`, fix), ...await diagnoseDisk(config)];
}

async function diagnoseSchema(db: Database, config: Config): Promise<Diagnosis[]> {
  const { control, behind } = await migrationStatus(db);
  const pending = control.filter(({ applied }) => !applied).length;
  if (pending > 0 || behind > 0) {
    const detail = pending === control.length
      ? "the database is empty"
      : `${pending} migrations and ${behind} tenants wait`;
    return [
      problem("migrations", detail, pending === control.length ? "denizen setup" : "denizen db migrate"),
    ];
  }
  const [admins] = await db.control.execute<{ count: number }>(
    sql`select count(*)::int as count from control.users where is_platform_admin`,
  );
  return [
    ok("migrations", "all schemas are up to date"),
    admins!.count > 0
      ? ok(
        "administrator",
        admins!.count === 1
          ? "one person can open the back office"
          : `${admins!.count} people can open the back office`,
      )
      : warning("administrator", "nobody can open the back office", "denizen setup"),
    ...(await inspectDatabase(db, { mustBeHardened: mustBeHardened(config) })).map((
      { check, status, detail },
    ) =>
      status === "ok"
        ? ok(check, detail)
        : status === "warn"
        ? warning(check, detail, fixOf(check))
        : problem(check, detail, fixOf(check))
    ),
  ];
}

function fixOf(check: string): string {
  if (check === "database: roles") return "denizen db repair";
  return "As a superuser, run the SQL in docs/admin/database.md, or the output of denizen db hardening.";
}

async function diagnoseClock(db: Database): Promise<Diagnosis[]> {
  const before = systemClock.now().getTime();
  const [row] = await db.control.execute<{ now: number }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as now`,
  );
  const middle = (before + systemClock.now().getTime()) / 2;
  const difference = Math.round(Math.abs(row!.now - middle));
  const detail = `${difference} ms between this machine and the database`;
  const fix = "Set both clocks by NTP, such as with chrony or systemd-timesyncd.";
  if (difference > CLOCK_PROBLEM) return [problem("clock", detail, fix)];
  return [difference > CLOCK_WARNING ? warning("clock", detail, fix) : ok("clock", detail)];
}

/** What the checks of `/health` are about, and what to do if one fails. */
const SERVICES: Record<string, { check: string; detail: (config: Config) => string; fix: string }> = {
  cache: {
    check: "redis",
    detail: ({ redisUrl, upstashUrl }) =>
      redisUrl ?? upstashUrl ? "answers" : "not configured: each process counts rate limits on its own",
    fix: "Start Redis, and check REDIS_URL. Nobody can sign in until it answers.",
  },
  queue: {
    check: "jobs",
    detail: () => "no job waits for a worker",
    fix: "Start a server or a worker: denizen jobs work",
  },
  mail: {
    check: "email",
    detail: ({ smtpUrl, resendApiKey }) =>
      smtpUrl ?? resendApiKey ? "the provider accepts the login" : "stays in the mailbox at /dev/mailbox",
    fix: "Check SMTP_URL or RESEND_API_KEY. See docs/admin/email.md.",
  },
  replica: {
    check: "replica",
    detail: () => "answers",
    fix: "Check DATABASE_REPLICA_URL. Reports read the primary until it answers.",
  },
};

/** Jobs and the mailbox are in the database, so nothing is known of them before it is migrated. */
async function diagnoseServices(config: Config, checks: Check[], isEmpty: boolean): Promise<Diagnosis[]> {
  const unknown = isEmpty ? ["queue", ...config.smtpUrl || config.resendApiKey ? [] : ["mail"]] : [];
  const asked = checks.filter(({ name }) => name in SERVICES && !unknown.includes(name));
  return await Promise.all(asked.map(async ({ name, run }) => {
    const { check, detail, fix } = SERVICES[name]!;
    const failure = await failureOf(run);
    return failure === undefined ? ok(check, detail(config)) : problem(check, failure, fix);
  }));
}

async function diagnoseStripe({ stripeSecretKey, stripeUrl, environment }: Config): Promise<Diagnosis[]> {
  if (!stripeSecretKey) {
    return environment === "production"
      ? [
        warning(
          "stripe",
          "not configured: nobody can buy a plan",
          "Set STRIPE_SECRET_KEY. See docs/admin/stripe.md.",
        ),
      ]
      : [ok("stripe", "not configured: the sandbox takes test cards")];
  }
  const client = new StripeClient({ secretKey: stripeSecretKey, url: stripeUrl });
  const failure = await failureOf(() => client.call((stripe) => stripe.products.list({ limit: 1 })));
  if (failure !== undefined) {
    return [problem("stripe", failure, "Check STRIPE_SECRET_KEY, and that this machine reaches Stripe.")];
  }
  if (environment === "production" && !isLiveKey(stripeSecretKey)) {
    return [warning("stripe", "a test key in production", "Set the live key once you take real payments.")];
  }
  return [ok("stripe", "accepts the key")];
}

async function diagnoseDns({ appUrl, environment }: Config): Promise<Diagnosis[]> {
  const apex = appUrl.hostname;
  if (/(^|\.)localhost$/.test(apex)) {
    return environment === "production"
      ? [problem("dns", `${apex} is only on this machine`, "Set APP_URL to the product's public address.")]
      : [ok("dns", `browsers resolve *.${apex} themselves`)];
  }
  const missing: string[] = [];
  for (const name of [apex, `doctor-${randomBase32(8).toLowerCase()}.${apex}`]) {
    if (!await resolves(name)) missing.push(name === apex ? apex : `*.${apex}`);
  }
  if (missing.length === 0) return [ok("dns", `${apex} and *.${apex} resolve`)];
  const fix = `Add A, AAAA or CNAME records for ${missing.join(" and ")} that lead to this installation.`;
  return [problem("dns", `${missing.join(" and ")} can't be resolved`, fix)];
}

async function resolves(name: string): Promise<boolean> {
  for (const type of ["A", "AAAA"] as const) {
    try {
      const signal = AbortSignal.timeout(3_000);
      if ((await Deno.resolveDns(`${name}.`, type, { signal })).length > 0) return true;
    } catch { /* no record of this type */ }
  }
  return false;
}

async function diagnoseDisk({ dataDir, databaseUrl, jobsEngine }: Config): Promise<Diagnosis[]> {
  if (databaseUrl && jobsEngine !== "kv") return [ok("disk", "the installation keeps no files")];
  const failure = await failureOf(() => checkDisk(dataDir));
  return failure === undefined
    ? [ok("disk", `${dataDir} can be written`)]
    : [problem("disk", `${dataDir}: ${failure}`, "Free space, and let this user write to the folder.")];
}

async function diagnoseServer(config: Config): Promise<Diagnosis[]> {
  const answer = await askReady(config);
  const where = `port ${config.port} of this machine`;
  if ("failure" in answer) {
    return [warning("server", `none answers on ${where}`, "Start it, unless it runs on another machine.")];
  }
  return answer.status === 200 ? [ok("server", `ready on ${where}`)] : [
    problem(
      "server",
      `${where} answers ${answer.status}`,
      "Read its log. denizen health shows its checks.",
    ),
  ];
}

function ok(check: string, detail: string): Diagnosis {
  return { check, status: "ok", detail, fix: "" };
}

function warning(check: string, detail: string, fix: string): Diagnosis {
  return { check, status: "warning", detail, fix };
}

function problem(check: string, detail: string, fix: string): Diagnosis {
  return { check, status: "problem", detail, fix };
}
