import { sql } from "drizzle-orm";
import type { Database } from "../db/connection/connect.ts";
import { migrate } from "../db/migration/migrate.ts";
import { oldestServedVersion } from "../db/migration/migrations.ts";
import type { SchemaName } from "../db/tenant/schema_name.ts";
import { UsageCounter } from "./api_access/usage_counter.ts";
import type { Config } from "./config.ts";
import { openDatabase } from "./operations/database.ts";
import { reportRoleProblems, requireHardenedDatabase } from "./operations/database_safety.ts";
import { createTransport } from "./email/mailer.ts";
import type { EmailTransport } from "./email/transports/transport.ts";
import { healthChecks } from "./operations/health_checks.ts";
import { SignInCaches } from "./identity/sign_in_caches.ts";
import { JobSignal } from "./outbox/job_signal.ts";
import { countReadyJobs } from "./operations/queue_depth.ts";
import { loadSigningKeys, type SigningKeys } from "./identity/signing_keys.ts";
import { MemoryCache } from "./platform/cache.ts";
import { type Clock, MINUTE, SECOND, systemClock } from "./platform/clock.ts";
import { withDeadline } from "./platform/deadline.ts";
import { Health } from "./platform/health.ts";
import { describeError, logOf } from "./platform/log.ts";
import { Metrics } from "./platform/metrics.ts";
import { TenantDirectory } from "./tenancy/tenant_directory.ts";
import { countTenantsByPlan } from "./tenancy/tenants_by_plan.ts";
import { TenantUpkeep } from "./tenancy/upkeep.ts";

/** How long each part may take to write down what is left and close. */
const CLOSE_TIME = 1.5 * SECOND;

const log = logOf("services");

/** What the product works with, built once from a `Config`. Passed along in the contexts, never global. */
export type Services = {
  config: Config;
  clock: Clock;
  db: Database;
  tenants: TenantDirectory;
  upkeep: TenantUpkeep;
  jobs: JobSignal;
  /** The oldest version of a tenant's schema that this code works with. */
  oldestServedVersion: string;
  signIns: SignInCaches;
  signingKeys: SigningKeys;
  usage: UsageCounter;
  metrics: Metrics;
  health: Health;
  /** The way for mail to leave. `deliver` of src/email/mailer.ts is how to use it. */
  mail: EmailTransport;
  /** Bytes by schema. */
  storageSizes: MemoryCache<number>;
  /** Leaves nothing in this process of a tenant that is gone. */
  forgetTenant(id: string, schema?: SchemaName): void;
  close(): Promise<void>;
};

/**
 * Opens everything a server needs, with the schemas brought up to date.
 * Throws when the database doesn't answer, or another server holds the data folder.
 */
export async function startServices(config: Config, clock: Clock = systemClock): Promise<Services> {
  const { db, close } = await openDatabase(config, { alone: true });
  try {
    await db.control.execute(sql`select 1`); // where it can't connect, this says best why
    const { fleet } = await migrate(db);
    for (const { schema, reason } of fleet.failed) log.error("a tenant was not migrated", { schema, reason });
    if (fleet.stopped) log.error("the migration stopped: too many schemas failed", { left: fleet.left });
    // The embedded database is hardened as it is opened, and has its roles in the same folder.
    if (config.databaseUrl) {
      await requireHardenedDatabase(db, config);
      await reportRoleProblems(db);
    }
    const services = await buildServices(config, clock, db, close);
    await services.tenants.listen(services.forgetTenant);
    return services;
  } catch (error) {
    await close();
    throw error;
  }
}

/** The services around a database that is open and migrated. */
export async function buildServices(
  config: Config,
  clock: Clock,
  db: Database,
  closeDatabase: () => Promise<void>,
): Promise<Services> {
  const usage = new UsageCounter(db, clock);
  const tenants = new TenantDirectory(db, clock);
  const upkeep = new TenantUpkeep();
  const mail = createTransport(config, db, clock);
  const signIns = new SignInCaches();
  const storageSizes = new MemoryCache<number>({ capacity: 20_000, ttl: MINUTE });
  const metrics = new Metrics({ maxTenants: config.metricsMaxTenants, clock });
  metrics.onScrape(() => metrics.setPoolConnections(db.stats()));
  metrics.onScrape(async () => metrics.setActiveSubscriptions(await countTenantsByPlan(db.batch)));
  metrics.onScrape(async () => {
    for (const [queue, depth] of Object.entries(await countReadyJobs(db.batch))) {
      metrics.setQueueDepth(queue, depth);
    }
  });
  const forgetTenant = (id: string, schema?: SchemaName) => {
    tenants.forget(id);
    signIns.forgetTenant(id);
    metrics.forgetTenant(id);
    if (!schema) return;
    storageSizes.delete(schema);
    usage.forget(schema);
  };
  // Another process may have deleted them, and not every database can tell.
  metrics.onScrape(async () => {
    for (const id of await tenants.findGone(metrics.labeledTenants())) forgetTenant(id);
  });
  return {
    config,
    clock,
    db,
    tenants,
    upkeep,
    jobs: new JobSignal(),
    oldestServedVersion: await oldestServedVersion(),
    signIns,
    signingKeys: await loadSigningKeys(db, config.appSecret, clock),
    usage,
    metrics,
    health: new Health(clock, healthChecks({ config, db, clock, mail })),
    mail,
    storageSizes,
    forgetTenant,
    async close() {
      await Promise.all([
        closeInTime("upkeep", () => upkeep.close()),
        closeInTime("usage", () => usage.close()),
        closeInTime("email", () => mail.close()),
      ]);
      await closeDatabase();
    },
  };
}

/** Where the database hangs, what wants to write a last time would hang as well. */
async function closeInTime(part: string, close: () => Promise<void>): Promise<void> {
  try {
    await withDeadline(CLOSE_TIME, close);
  } catch (error) {
    log.warn("a part of the server did not close in time", { part, ...describeError(error) });
  }
}
