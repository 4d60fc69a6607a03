/** Connections to Postgres. The driver `postgres` connects to both a server and the embedded database. */
import { drizzle } from "drizzle-orm/postgres-js";
import { clearInterval, setInterval } from "node:timers";
import postgres from "postgres";
import type { SchemaName } from "../tenant/schema_name.ts";
import { type Client, type MonotonicClock, SILENT_TICKS } from "./connection.ts";
import { ConnectionPool, type PoolStats } from "./connection_pool.ts";
import { type ControlDb, controlHandle } from "./control_handle.ts";
import { postgresOptions } from "./driver_options.ts";
import { Listener } from "./listener.ts";
import { Pipelines } from "./pipelines.ts";

export type { ControlDb };

/** The address of the database: a server's URL, or the embedded database's Unix socket. */
export type DatabaseAddress = { url: string } | { socketPath: string };

export type ConnectOptions = {
  /** The total number of connections, at least 4. */
  connections?: number;
  /** The number of lanes that the tenants' connections are split into. */
  lanes?: number;
  /** `transaction` means a pooler in transaction mode, such as PgBouncer, which assigns a connection to each transaction. */
  pooler?: "none" | "transaction";
  /** The login that creates and migrates schemas, if it differs from the application's login. */
  migrator?: DatabaseAddress;
  /** Replaces a connection after this many milliseconds without an answer. */
  answerWithin?: number;
  /** How many milliseconds a request or a job waits for a connection. By default, 2,000 and 10,000. */
  waitMilliseconds?: number;
  now?: MonotonicClock;
};

/** Access to schema `control` for one purpose. */
type ControlAccess = {
  /** For single statements. */
  readonly control: ControlDb;
  /** For transactions, which each use one connection on behalf of `controlHolder`. */
  readonly controlPool: ConnectionPool;
  readonly controlHolder: string;
  /** For transactions of the login that creates and migrates schemas. */
  readonly migratorPool: ConnectionPool;
  /** Sends a query through each pool for this purpose, and waits for the answers. Throws if the server doesn't answer. */
  ping(): Promise<void>;
};

/** The open database. */
export type Database = ControlAccess & {
  /** The same database on separate connections for the back office and jobs, so that slow work there never delays a request. */
  readonly batch: Database;
  /** SQL that begins a transaction. */
  readonly begin: string;
  /** The pool of connections for this tenant. A tenant always uses the same pool. */
  lane(schema: SchemaName): ConnectionPool;
  /** The pool statistics of `control` (transactions of requests), of `batch`, and of each lane (`0`, `1`, …). */
  stats(): (PoolStats & { lane: string })[];
  /** Opens more connections of the application's login, for a transaction that takes long. The caller closes the pool. */
  openPool(connections: number): ConnectionPool;
  /** Opens more connections of the migration login, to migrate many schemas. The caller closes the pool. */
  openMigratorPool(connections: number): ConnectionPool;
  /**
   * Calls `onMessage` for each notification on `channel`. Returns false without a direct connection, because a pooler
   * can't listen.
   */
  listen(channel: string, onMessage: (payload: string) => void): Promise<boolean>;
  close(): Promise<void>;
};

/** The holder for job bookkeeping, which must not wait for back-office searches. */
export const JOBS_HOLDER = "jobs";

/** Longer than for requests, because a job can wait. */
const BATCH_WAIT_MILLISECONDS = 10_000;
const BATCH_HOLDER = "batch";
const CONTROL_HOLDER = "control";
const DEFAULT_CONNECTIONS = 12;
const DEFAULT_LANES = 3;
const MIN_CONNECTIONS = 4;
const CONTROL_SHARE = 1 / 6;
const MIN_CONNECTIONS_OF_A_LANE = 2;
const STATEMENT_TIMEOUT_MILLISECONDS = 30_000;
/** Longer than the statement timeout, so a longer silence means a dead server or network path, not a slow statement. */
const ANSWER_WITHIN_MILLISECONDS = STATEMENT_TIMEOUT_MILLISECONDS + 1_000;
/** Limits how long an abandoned transaction holds its locks if its client died but its connection still looks open. */
const IDLE_TRANSACTION_TIMEOUT_MILLISECONDS = 60_000;
const CONNECT_TIMEOUT_SECONDS = 5;

/** Opens the pools. Nothing connects before the first query. */
export function connect(address: DatabaseAddress, options: ConnectOptions = {}): Database {
  const { pooler = "none", migrator, waitMilliseconds, now = () => performance.now() } = options;
  const connections = Math.max(MIN_CONNECTIONS, options.connections ?? DEFAULT_CONNECTIONS);
  const direct = pooler === "none";
  const open = (onLost: () => void) => openClient(address, { direct, onLost });
  const share = connectionsForControl(connections);

  const statements = new Pipelines(
    share,
    (onLost) => openClient(address, { direct, oneByOne: !direct, onLost }),
    now,
  );
  const controlPool = new ConnectionPool(share, open, { fair: false, waitMilliseconds, now });
  const batchPool = new ConnectionPool(share, open, {
    fair: true,
    favored: JOBS_HOLDER,
    waitMilliseconds: waitMilliseconds ?? BATCH_WAIT_MILLISECONDS,
    now,
  });
  const lanes = openLanes(
    connectionsForTenants(connections),
    Math.min(options.lanes ?? DEFAULT_LANES, fittingLanes(connections)),
    (size) => new ConnectionPool(size, open, { fair: true, waitMilliseconds, now }),
  );
  const openMigratorPool = (size: number) => {
    const openNext = migrator ? (onLost: () => void) => openClient(migrator, { direct: true, onLost }) : open;
    return new ConnectionPool(size, openNext, { fair: false, now });
  };
  const migratorPool = migrator && openMigratorPool(1);
  const listener = direct && "url" in address
    ? new Listener((events) => openClient(address, { direct, ...events }))
    : undefined;

  const pools = [statements, controlPool, batchPool, ...lanes, ...(migratorPool ? [migratorPool] : [])];
  const stopWatching = watch(
    listener ? [...pools, listener] : pools,
    options.answerWithin ?? ANSWER_WITHIN_MILLISECONDS,
  );

  const common = {
    openPool: (size: number) => new ConnectionPool(size, open, { fair: false, now }),
    openMigratorPool,
    begin: direct ? "begin" : `begin; set local statement_timeout = ${STATEMENT_TIMEOUT_MILLISECONDS}`,
    lane: (schema: SchemaName) => lanes[laneOf(schema, lanes.length)]!,
    stats: () => [
      { lane: "control", ...controlPool.stats() },
      { lane: "batch", ...batchPool.stats() },
      ...lanes.map((lane, index) => ({ lane: String(index), ...lane.stats() })),
    ],
    async listen(channel: string, onMessage: (payload: string) => void) {
      await listener?.listen(channel, onMessage);
      return listener !== undefined;
    },
    async close() {
      stopWatching();
      await Promise.all([...pools, ...(listener ? [listener] : [])].map((pool) => pool.close()));
    },
  };
  const databaseWith = (access: ControlAccess): Database => ({
    ...common,
    ...access,
    get batch() {
      return batch;
    },
  });
  const batch = databaseWith({
    control: controlHandle((work) => batchPool.with(BATCH_HOLDER, "transaction", work)),
    controlPool: batchPool,
    controlHolder: BATCH_HOLDER,
    migratorPool: migratorPool ?? batchPool,
    ping: () => batchPool.ping(),
  });
  return databaseWith({
    control: controlHandle((work) => statements.run(work)),
    controlPool,
    controlHolder: CONTROL_HOLDER,
    migratorPool: migratorPool ?? controlPool,
    async ping() {
      await Promise.all([statements, controlPool, ...lanes].map((pool) => pool.ping()));
    },
  });
}

/** An owner of connections that detects when the server stops answering. */
type Watched = { dropSilent(): boolean; renew(): void };

/**
 * Drops each connection on which the server hasn't answered within `answerWithin`. Its network path is dead, even if the network
 * still acknowledges packets. Renews all other connections as well, because they may have the same problem.
 */
function watch(pools: Watched[], answerWithin: number): () => void {
  const timer = setInterval(() => {
    const silent = pools.filter((pool) => pool.dropSilent());
    if (silent.length > 0) { for (const pool of pools) pool.renew(); }
  }, answerWithin / SILENT_TICKS).unref();
  return () => clearInterval(timer);
}

/** The maximum number of lanes. A tenant may use half of a lane, so each lane needs at least two connections. */
export function fittingLanes(connections: number): number {
  return Math.max(1, Math.floor(connectionsForTenants(connections) / MIN_CONNECTIONS_OF_A_LANE));
}

function connectionsForTenants(connections: number): number {
  return connections - 3 * connectionsForControl(connections);
}

/** The number of connections for single statements on `control`. Transactions and `batch` get the same number each. */
function connectionsForControl(connections: number): number {
  return Math.max(1, Math.round(connections * CONTROL_SHARE));
}

function openLanes(
  connections: number,
  count: number,
  open: (size: number) => ConnectionPool,
): ConnectionPool[] {
  return Array.from({ length: count }, (_, index) => open(Math.floor((connections + index) / count)));
}

/** Assigns a tenant's schema to a lane by a hash (FNV-1a), so that each backend caches metadata for only a part of the tenants. */
export function laneOf(schema: SchemaName, lanes: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < schema.length; index++) {
    hash = Math.imul(hash ^ schema.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % lanes;
}

/**
 * `oneByOne` sends each statement only after the previous answer, as single statements behind a pooler require. An unprepared
 * statement with values has two steps, and the first one ends with Flush instead of Sync. If it were pipelined behind another
 * statement, the pooler would release the server connection after the other statement's answer. PgBouncer 1.18 then closes the
 * connection, and the second statement waits forever. Within a transaction, the pooler keeps the connection.
 */
function openClient(
  address: DatabaseAddress,
  { direct, oneByOne = false, onLost, onNotify }: {
    direct: boolean;
    oneByOne?: boolean;
    onLost: () => void;
    onNotify?: (channel: string, payload: string) => void;
  },
): Client {
  const connection = { application_name: "denizen" };
  const limits = {
    statement_timeout: STATEMENT_TIMEOUT_MILLISECONDS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MILLISECONDS,
  };
  const options: postgres.Options<Record<string, never>> & { onnotify?: typeof onNotify } = {
    max: 1,
    onclose: onLost,
    onnotify: onNotify,
    ...(oneByOne && { max_pipeline: 0 }),
    prepare: direct, // a pooler's next connection doesn't have statements prepared on the previous one
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    // Skips array types, which this code doesn't use. Every tenant's tables add some, and each connection would read them all.
    fetch_types: false,
    max_lifetime: null as unknown as number, // null means "never" to the driver, but its types lack it
    onnotice: () => {},
    connection: direct ? { ...connection, ...limits } : connection,
  };
  const client = "url" in address
    ? postgres(postgresOptions(address.url, options))
    : postgres({ ...options, path: address.socketPath, username: "denizen", database: "denizen" });
  drizzle(client); // sets the client's parsers to those that Drizzle's columns expect
  return client;
}
