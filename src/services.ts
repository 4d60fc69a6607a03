import { sql } from "drizzle-orm";
import { connect, type Database } from "../db/connect.ts";
import { isServed, socketPathOf, startEmbedded } from "../db/embedded.ts";
import { migrate } from "../db/migrate.ts";
import { UsageCounter } from "./api_access/usage_counter.ts";
import type { Config } from "./config.ts";
import { SignInCaches } from "./identity/sign_in_caches.ts";
import { loadSigningKeys, type SigningKeys } from "./identity/signing_keys.ts";
import { MemoryCache } from "./platform/cache.ts";
import { type Clock, MINUTE, systemClock } from "./platform/clock.ts";
import { TenantDirectory } from "./tenancy/tenant_directory.ts";

/** What the product works with, built once from a `Config`. Passed along in the contexts, never global. */
export type Services = {
  config: Config;
  clock: Clock;
  db: Database;
  tenants: TenantDirectory;
  signIns: SignInCaches;
  signingKeys: SigningKeys;
  usage: UsageCounter;
  /** Bytes by schema. */
  storageSizes: MemoryCache<number>;
  close(): Promise<void>;
};

export type OpenDatabase = { db: Database; close(): Promise<void> };

/**
 * Opens everything a server needs, with the schemas brought up to date.
 * Throws when the database doesn't answer, or another server holds the data folder.
 */
export async function startServices(config: Config, clock: Clock = systemClock): Promise<Services> {
  const { db, close } = await openDatabase(config, { alone: true });
  try {
    await db.control.execute(sql`select 1`); // where it can't connect, this says best why
    await migrate(db);
    return await buildServices(config, clock, db, close);
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
  return {
    config,
    clock,
    db,
    tenants: new TenantDirectory(db),
    signIns: new SignInCaches(),
    signingKeys: await loadSigningKeys(db, config.appSecret, clock),
    usage,
    storageSizes: new MemoryCache({ capacity: 20_000, ttl: MINUTE }),
    async close() {
      await usage.close();
      await closeDatabase();
    },
  };
}

/**
 * Opens the database that `config` names. With `alone`, the embedded one is opened by this process; without, a
 * server that runs on the data folder is used if there is one (that is how the CLI works beside it).
 */
export async function openDatabase(config: Config, options: { alone: boolean }): Promise<OpenDatabase> {
  if (config.databaseUrl) return connectTo({ url: config.databaseUrl }, config, () => Promise.resolve());
  if (!options.alone && await isServed(config.dataDir)) {
    return connectTo({ socketPath: socketPathOf(config.dataDir) }, config, () => Promise.resolve());
  }
  const embedded = await startEmbedded(config.dataDir);
  return connectTo(embedded, config, embedded.close);
}

function connectTo(
  address: Parameters<typeof connect>[0],
  config: Config,
  closeServer: () => Promise<void>,
): OpenDatabase {
  const db = connect(address, { connections: config.databaseConnections });
  return {
    db,
    async close() {
      await db.close();
      await closeServer();
    },
  };
}
