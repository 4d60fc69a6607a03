import { sql } from "drizzle-orm";
import type { Database } from "../db/connection/connect.ts";
import { migrate } from "../db/migration/migrate.ts";
import { oldestServedVersion } from "../db/migration/migrations.ts";
import type { PermissionGroup } from "./access/permissions.ts";
import { listenForKeyChanges } from "./api_access/key_changes.ts";
import { REPLICA } from "./analytics/replica/read_report.ts";
import { watchBackups } from "./backups/newest_backup.ts";
import { countPastDue } from "./billing/due_accounts.ts";
import type { Config } from "./config.ts";
import type { Feature } from "./feature.ts";
import { FEATURES } from "./feature_list.ts";
import { listenForFeedChanges } from "./notifications/live_feeds.ts";
import { openDatabase } from "./operations/database.ts";
import { reportRoleProblems, requireHardenedDatabase } from "./operations/database_safety.ts";
import { healthChecks } from "./operations/health_checks.ts";
import { readQueues } from "./operations/queue_depth.ts";
import { JobSignal } from "./outbox/job_signal.ts";
import { type Clock, SECOND, systemClock } from "./platform/clock.ts";
import { withDeadline } from "./platform/deadline.ts";
import { Health } from "./platform/health.ts";
import { describeError, logOf } from "./platform/log.ts";
import { Metrics } from "./platform/metrics.ts";
import type { Part, Services } from "./ports.ts";
import { RATE_LIMITER } from "./rate_limits/limiter.ts";
import { TENANTS } from "./tenancy/tenant_directory.ts";
import { countTenantsByPlan } from "./tenancy/tenants_by_plan.ts";

/** The time limit for each part to write what is left and close. */
const CLOSE_TIME = 1.5 * SECOND;
/** The time limit for Redis to answer at the start. */
const REDIS_CONNECT_TIME = SECOND;

const log = logOf("services");

/**
 * Opens everything a server needs and brings the schemas up to date.
 * Throws if the database doesn't respond, or if another server uses the data folder.
 */
export async function startServices(config: Config, clock: Clock = systemClock): Promise<Services> {
  const { db, close } = await openDatabase(config, { alone: true });
  try {
    await db.control.execute(sql`select 1`); // fails with the clearest reason if the database can't be reached
    const { fleet } = await migrate(db);
    for (const { schema, reason } of fleet.failed) log.error("a tenant was not migrated", { schema, reason });
    if (fleet.stopped) log.error("the migration stopped: too many schemas failed", { left: fleet.left });
    // The embedded database is hardened when it is opened, and keeps its roles in the same folder.
    if (config.databaseUrl) {
      await requireHardenedDatabase(db, config);
      await reportRoleProblems(db);
    }
    const services = await buildServices(config, clock, db, close);
    await services.use(TENANTS).listen(services.forgetTenant);
    await listenForKeyChanges(services);
    await listenForFeedChanges(services);
    await warmUpLimiter(services);
    services.use(REPLICA)?.watch();
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
  features: readonly Feature[] = FEATURES,
): Promise<Services> {
  const parts = new Map<Part<unknown>, unknown>();
  const use = <T>(part: Part<T>): T => {
    if (!parts.has(part)) throw new Error(`src/features.ts lists no feature with the part "${part.name}".`);
    return parts.get(part) as T;
  };
  const metrics = new Metrics({ maxTenants: config.metricsMaxTenants, clock });
  const forgetTenant = (id: string) => {
    metrics.forgetTenant(id);
    for (const [part, value] of parts) part.forgetTenant?.(value, id);
  };
  const services: Services = {
    config,
    clock,
    db,
    jobs: new JobSignal(),
    metrics,
    health: new Health(clock, healthChecks({ config, db, clock, use })),
    permissions: features.flatMap(({ permissions }) => permissions),
    permissionGroups: features.flatMap(permissionGroup),
    events: new Map(features.flatMap(({ events }) => events.map((event) => [event.name, event]))),
    readers: features.flatMap(({ notificationKinds }) => notificationKinds.map(({ reader }) => reader)),
    limits: features.flatMap(({ limits }) => limits),
    planFeatures: features.flatMap(({ planFeatures }) => planFeatures),
    meters: features.flatMap(({ meters }) => meters),
    searches: features.flatMap(({ searches }) => searches),
    tenantTables: features.flatMap(({ tables }) => tables),
    sealed: features.flatMap(({ sealed }) => sealed),
    flags: features.flatMap(({ flags }) => flags),
    adoptions: features.flatMap(({ adoptions }) => adoptions),
    setup: features.flatMap(({ setup }) => setup).sort((one, other) => one.position - other.position),
    samples: features.flatMap(({ samples }) => samples),
    bounceReaders: features.flatMap(({ bounceReaders }) => bounceReaders),
    oldestServedVersion: await oldestServedVersion(),
    use,
    forgetTenant,
    async close() {
      await Promise.all([...parts].map(([part, value]) => closeInTime(part, value)));
      await closeDatabase();
    },
  };
  for (const part of features.flatMap(({ parts }) => parts)) parts.set(part, await part.create(services));
  metrics.expectRateLimits(features.flatMap(({ rateLimits }) => rateLimits.map(({ name }) => name)));
  collectMetrics(services);
  return services;
}

/** The group of a feature's permissions in a tenant, if it has any. */
function permissionGroup({ name, label, permissions }: Feature): PermissionGroup[] {
  const ofTenant = permissions.filter(({ roles }) => roles.has("owner"));
  if (ofTenant.length === 0) return [];
  return [{ label: label ?? { code: name, english: name }, permissions: ofTenant }];
}

/** Connects to Redis, if configured, so that the first sign-in doesn't wait for the connection. */
async function warmUpLimiter({ use }: Services): Promise<void> {
  try {
    await withDeadline(REDIS_CONNECT_TIME, async () => await use(RATE_LIMITER).counter.check());
  } catch (error) {
    log.error("Redis doesn't answer; nobody can sign in until it does", describeError(error));
  }
}

/** The gauges that are read whenever Prometheus asks. */
function collectMetrics({ config, clock, health, metrics, db, use, forgetTenant }: Services): void {
  metrics.onScrape(() => metrics.setPoolConnections(db.stats()));
  metrics.onScrape(async () => metrics.setActiveSubscriptions(await countTenantsByPlan(db.batch)));
  metrics.onScrape(async () => {
    for (const [queue, state] of await readQueues(db.batch, clock.now())) metrics.setQueue(queue, state);
  });
  metrics.onScrape(async () => metrics.setPastDueAccounts(await countPastDue(db.batch)));
  metrics.onScrape(async () => metrics.setHealthChecks((await health.report()).checks));
  if (config.backupBucketUrl) metrics.onScrape(watchBackups(config, clock, metrics.watchBackups()));
  // Another process may have deleted a tenant, and not every database can notify this one.
  metrics.onScrape(async () => {
    for (const id of await use(TENANTS).findGone(metrics.labeledTenants())) forgetTenant(id);
  });
}

/** Limits the wait, because the last write of a part never ends if the database hangs. */
async function closeInTime(part: Part<unknown>, value: unknown): Promise<void> {
  try {
    await withDeadline(CLOSE_TIME, async () => await part.close?.(value));
  } catch (error) {
    log.warn("a part of the server did not close in time", { part: part.name, ...describeError(error) });
  }
}
