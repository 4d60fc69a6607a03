/** Migrates all tenants' schemas in waves, in parallel, with several schemas per transaction. */
import { inArray, sql } from "drizzle-orm";
import type { Database } from "../connection/connect.ts";
import type { ConnectionPool } from "../connection/connection_pool.ts";
import { isBusy, pause, retryBusy } from "../connection/retry.ts";
import { runScript } from "../connection/transaction.ts";
import { tenantSchemas } from "../control/schema/installation.ts";
import { parseSchemaName, type SchemaName } from "../tenant/schema_name.ts";
import { type Behind, findBehind } from "./behind.ts";
import { type Migration, readMigrations } from "./migrations.ts";
import { type Installation, type MigratorTx, readInstallation, withMigrator } from "./migrator.ts";
import { migrationScript } from "./provision.ts";

export type FleetOptions = {
  /** The number of parallel transactions. */
  concurrency?: number;
  /** Migrate only this many tenants' schemas, then stop. */
  canary?: number;
  /** Stop after a wave in which more than this share of the schemas failed, from 0 to 1. */
  maxFailures?: number;
  /** Replaces the migrations of this code. */
  migrations?: Migration[];
  onProgress?: (progress: FleetProgress) => void;
};

export type FleetProgress = { total: number; migrated: number; failed: number };

export type FleetFailure = { schema: SchemaName; version: string; reason: string };

export type FleetReport = {
  /** The number of schemas that this run migrated to the newest version. */
  migrated: number;
  failed: FleetFailure[];
  /** The number of schemas that this run didn't migrate, because it stopped early. */
  left: number;
  stopped: "canary" | "failures" | null;
};

const DEFAULT_CONCURRENCY = 8;
const DEFAULT_MAX_FAILURES = 0.1;
/** The first waves are small, so that a migration that always fails affects only a few schemas. */
const WAVES = [10, 100];
const LATER_WAVES = 2_000;
const MAX_BATCH = 20;
/** The share of the server's lock table that all parallel transactions together may use. */
const LOCK_TABLE_SHARE = 1 / 2;
/** Short, because a schema that waits for a lock delays the rest of its batch. */
const LOCK_TIMEOUT_MILLISECONDS = 300;
const PAUSE_FOR_OTHERS_MILLISECONDS = 250;

/** A migration with this line runs with one schema per transaction, because it takes long or needs many locks. */
const ONE_SCHEMA_PER_TRANSACTION = /^-- one schema a transaction\s*$/m;

/**
 * Migrates every tenant schema to the newest version, unclaimed schemas first. Each transaction also records its result
 * in the ledger, so an interrupted run loses and repeats nothing, and concurrent runs share the work. Throws without
 * any change if a schema is newer than the code, or if an applied migration was changed.
 */
export async function migrateFleet(db: Database, options: FleetOptions = {}): Promise<FleetReport> {
  const migrations = options.migrations ?? await readMigrations("tenant");
  const behind = await findBehind(db, migrations);
  const report: FleetReport = { migrated: 0, failed: [], left: 0, stopped: null };
  if (behind.length === 0) return report;
  const run = new FleetRun(db, options, behind.length, await planOf(db, migrations, options));
  try {
    return await run.migrate(behind);
  } finally {
    await run.close();
  }
}

type Plan = { migrations: Migration[]; installation: Installation; batch: number };

function wavesOf(schemas: Behind[]): Behind[][] {
  const waves: Behind[][] = [];
  for (let start = 0; start < schemas.length; start += waves.at(-1)!.length) {
    waves.push(schemas.slice(start, start + (WAVES[waves.length] ?? LATER_WAVES)));
  }
  return waves;
}

async function planOf(
  db: Database,
  migrations: Migration[],
  { concurrency = DEFAULT_CONCURRENCY }: FleetOptions,
): Promise<Plan> {
  return await withMigrator(db, async (tx) => {
    const installation = await readInstallation(tx);
    const [server] = await tx.execute<{ locks: number; relations: number }>(sql`
      select current_setting('max_locks_per_transaction')::int * current_setting('max_connections')::int as locks,
        (select count(*)::int from pg_class where relnamespace =
          (select oid from pg_namespace where nspname = (select max(name) from ${tenantSchemas}))) as relations`);
    const each = server!.relations + 5;
    const fitting = Math.floor(server!.locks * LOCK_TABLE_SHARE / concurrency / each);
    return { migrations, installation, batch: Math.max(1, Math.min(MAX_BATCH, fitting)) };
  });
}

class FleetRun {
  readonly #db: Database;
  readonly #options: FleetOptions;
  readonly #plan: Plan;
  readonly #pool: ConnectionPool;
  readonly #total: number;
  readonly #failed = new Map<SchemaName, FleetFailure>();
  #migrated = 0;

  constructor(db: Database, options: FleetOptions, total: number, plan: Plan) {
    this.#db = db;
    this.#options = options;
    this.#plan = plan;
    this.#total = total;
    this.#pool = db.openMigratorPool(this.#concurrency);
  }

  async migrate(behind: Behind[]): Promise<FleetReport> {
    const { canary, maxFailures = DEFAULT_MAX_FAILURES } = this.#options;
    // Schemas that failed in an earlier run come last and don't count as failures of a wave.
    const fresh = behind.filter(({ hasFailed }) => !hasFailed);
    const waves = canary === undefined
      ? wavesOf(fresh)
      : [fresh.filter(({ isClaimed }) => isClaimed).slice(0, canary)];
    const takenByOthers: Behind[] = [];
    let stopped: FleetReport["stopped"] = null;
    let attempted = 0;
    for (const schemas of waves) {
      const failedBefore = this.#failed.size;
      takenByOthers.push(...await this.#migrateAll(schemas));
      attempted += schemas.length;
      if (this.#failed.size - failedBefore > maxFailures * schemas.length) stopped = "failures";
      if (stopped) break;
    }
    if (canary !== undefined && attempted < behind.length) stopped ??= "canary";
    if (!stopped) takenByOthers.push(...await this.#retryFailed(behind));
    await this.#waitFor(takenByOthers);
    const left = stopped ? behind.length - attempted : 0;
    return { migrated: this.#migrated, failed: [...this.#failed.values()], left, stopped };
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  get #concurrency(): number {
    return this.#options.concurrency ?? DEFAULT_CONCURRENCY;
  }

  /** Migrates the schemas in batches. Returns those that another run is migrating. */
  async #migrateAll(schemas: Behind[]): Promise<Behind[]> {
    const batches = this.#batchesOf(schemas);
    const takenByOthers: Behind[] = [];
    await Promise.all(Array.from({ length: this.#concurrency }, async () => {
      for (let batch = batches.shift(); batch; batch = batches.shift()) {
        takenByOthers.push(...await this.#migrateBatch(batch));
        this.#options.onProgress?.({
          total: this.#total,
          migrated: this.#migrated,
          failed: this.#failed.size,
        });
      }
    }));
    return takenByOthers;
  }

  /** Splits the schemas into batches of the same version that fit into one transaction. */
  #batchesOf(schemas: Behind[]): Behind[][] {
    return [...Map.groupBy(schemas, ({ version }) => version)].flatMap(([version, sameVersion]) => {
      const size = this.#pendingAfter(version).some(({ sql }) => ONE_SCHEMA_PER_TRANSACTION.test(sql))
        ? 1
        : this.#plan.batch;
      return Array.from(
        { length: Math.ceil(sameVersion.length / size) },
        (_, index) => sameVersion.slice(index * size, (index + 1) * size),
      );
    });
  }

  /**
   * Migrates a batch in one transaction. If that fails, migrates each schema separately, so that a failure affects only
   * its schema.
   */
  async #migrateBatch(batch: Behind[]): Promise<Behind[]> {
    const migrateTogether = () =>
      withMigrator(this.#db, (tx) => this.#migrateIn(tx, batch), { pool: this.#pool });
    try {
      const done = new Set(batch.length > 1 ? await migrateTogether() : await retryBusy(migrateTogether));
      this.#migrated += done.size;
      for (const name of done) this.#failed.delete(name);
      return batch.filter(({ name }) => !done.has(name));
    } catch (error) {
      if (batch.length === 1) return await this.#recordFailure(batch[0]!, error);
      const takenByOthers: Behind[] = [];
      for (const schema of batch) takenByOthers.push(...await this.#migrateBatch([schema]));
      return takenByOthers;
    }
  }

  /** Migrates the schemas that no other run has locked or migrated. Returns their names. */
  async #migrateIn(tx: MigratorTx, batch: Behind[]): Promise<SchemaName[]> {
    const { version } = batch[0]!;
    const rows = await tx.select({ name: tenantSchemas.name }).from(tenantSchemas).where(
      sql`${
        inArray(tenantSchemas.name, batch.map(({ name }) => name))
      } and ${tenantSchemas.version} = ${version}`,
    ).for("update", { skipLocked: true });
    const schemas = rows.map(({ name }) => parseSchemaName(name));
    if (schemas.length > 0) await runScript(tx, this.#scriptFor(schemas, version));
    return schemas;
  }

  #scriptFor(schemas: SchemaName[], from: string): string {
    const pending = this.#pendingAfter(from);
    const { version, chain } = pending.at(-1)!;
    const names = schemas.map((schema) => `'${schema}'`).join(", ");
    return `
      set local lock_timeout = ${LOCK_TIMEOUT_MILLISECONDS};
      set local synchronous_commit = off; -- safe: a crash rolls back the ledger too, so the next run repeats the work
      set local role ${this.#plan.installation.ownerRole};
      ${schemas.map((schema) => migrationScript(schema, pending)).join("\n")}
      set local search_path to default;
      set local role none;
      update control.tenant_schemas set version = '${version}', checksum = '${chain}', migrated_at = now(),
        failure = null, failed_at = null where name in (${names})`;
  }

  #pendingAfter(version: string): Migration[] {
    const { migrations } = this.#plan;
    return migrations.slice(migrations.findIndex((migration) => migration.version === version) + 1);
  }

  async #recordFailure({ name, version }: Behind, error: unknown): Promise<never[]> {
    const reason = await this.#explain(name, error);
    this.#failed.set(name, { schema: name, version, reason });
    await withMigrator(
      this.#db,
      (tx) =>
        tx.update(tenantSchemas).set({ failure: reason, failedAt: sql`now()` })
          .where(sql`${tenantSchemas.name} = ${name}`),
      { pool: this.#pool },
    );
    return [];
  }

  async #explain(name: SchemaName, error: unknown): Promise<string> {
    const [row] = await withMigrator(
      this.#db,
      (tx) => tx.execute<{ missing: boolean }>(sql`select to_regnamespace(${name}) is null as missing`),
      { pool: this.#pool },
    );
    if (row!.missing) return "The schema doesn't exist. Someone dropped it by hand.";
    if (isBusy(error)) return "Another transaction held a lock on the schema for too long.";
    return error instanceof Error ? error.message : String(error);
  }

  /** Retries schemas that failed in this run or an earlier one. Returns those that another run has migrated or is migrating. */
  async #retryFailed(behind: Behind[]): Promise<Behind[]> {
    const toRetry = behind.filter(({ name, hasFailed }) => hasFailed || this.#failed.has(name));
    const takenByOthers = await this.#migrateAll(toRetry);
    for (const { name } of takenByOthers) this.#failed.delete(name);
    return takenByOthers;
  }

  /** Waits until another run has migrated these schemas. Migrates them itself if the other run was killed. */
  async #waitFor(takenByOthers: Behind[]): Promise<void> {
    for (let left = takenByOthers; left.length > 0;) {
      await pause(PAUSE_FOR_OTHERS_MILLISECONDS);
      const waiting = new Set(left.map(({ name }) => name));
      const behind = await findBehind(this.#db, this.#plan.migrations);
      left = await this.#migrateAll(
        behind.filter(({ name }) => waiting.has(name) && !this.#failed.has(name)),
      );
    }
  }
}
