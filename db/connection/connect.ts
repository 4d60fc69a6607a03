/** The connections to Postgres. One driver, `postgres`, for a server and for the embedded database alike. */
import { clearInterval, setInterval } from "node:timers";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { type Client, type MonotonicClock, SILENT_TICKS } from "./connection.ts";
import { ConnectionPool, type PoolStats } from "./connection_pool.ts";
import { type ControlDb, controlHandle } from "./control_handle.ts";
import { postgresOptions } from "./driver_options.ts";
import { Listener } from "./listener.ts";
import { Pipelines } from "./pipelines.ts";
import type { SchemaName } from "../tenant/schema_name.ts";

export type { ControlDb };

/** Where the database is: a server's URL, or the embedded database's Unix socket. */
export type DatabaseAddress = { url: string } | { socketPath: string };

export type ConnectOptions = {
  /** In all; fewer than 4 count as 4. */
  connections?: number;
  /** Into how many lanes the tenants' connections are split. */
  lanes?: number;
  /** `transaction`: behind a pooler such as PgBouncer, which gives out its connections for a transaction each. */
  pooler?: "none" | "transaction";
  /** The login that makes and migrates schemas, where it is not the application's. */
  migrator?: DatabaseAddress;
  /** After so many milliseconds without an answer a connection is given up, and replaced. */
  answerWithin?: number;
  now?: MonotonicClock;
};

/** The ways to schema `control`, for one purpose. */
type ControlSide = {
  /** For single statements. */
  readonly control: ControlDb;
  /** For transactions, which take a connection each, in the name of `controlHolder`. */
  readonly controlPool: ConnectionPool;
  readonly controlHolder: string;
  /** For transactions of the login that makes and migrates schemas. */
  readonly migratorPool: ConnectionPool;
  /** Waits for an answer of the server through each pool that serves this purpose. Throws where there is none. */
  ping(): Promise<void>;
};

/** The open database. */
export type Database = ControlSide & {
  /** The same database for the back office, batches and jobs, on connections of their own: what is slow there delays no request. */
  readonly batch: Database;
  /** SQL that begins a transaction. */
  readonly begin: string;
  /** The connections that this tenant uses, always the same ones. */
  lane(schema: SchemaName): ConnectionPool;
  /** The state of the transactions of requests (`control`), of `batch`, and of each lane (`0`, `1`, …). */
  stats(): (PoolStats & { lane: string })[];
  /** More connections of the migrating login, for someone who migrates many schemas. To be closed by them. */
  openMigratorPool(connections: number): ConnectionPool;
  /** Calls `onMessage` with what is notified on `channel`. False where that can't be: it needs a connection for itself. */
  listen(channel: string, onMessage: (payload: string) => void): Promise<boolean>;
  close(): Promise<void>;
};

/** The ledger of jobs, which must not wait for searches in the back office. */
export const JOBS_HOLDER = "jobs";

/** A job would rather wait than fail. */
const BATCH_WAIT_MILLISECONDS = 10_000;
const BATCH_HOLDER = "batch";
const CONTROL_HOLDER = "control";
const DEFAULT_CONNECTIONS = 12;
const DEFAULT_LANES = 3;
const MIN_CONNECTIONS = 4;
const CONTROL_SHARE = 1 / 6;
const MIN_CONNECTIONS_OF_A_LANE = 2;
const STATEMENT_TIMEOUT_MILLISECONDS = 30_000;
/** Longer than a statement may take: silence beyond that is no slow statement, but a dead server or a dead path to it. */
const ANSWER_WITHIN_MILLISECONDS = STATEMENT_TIMEOUT_MILLISECONDS + 1_000;
/** A transaction whose client is gone, and whose connection still looks open, holds its locks no longer. */
const IDLE_TRANSACTION_TIMEOUT_MILLISECONDS = 60_000;
const CONNECT_TIMEOUT_SECONDS = 5;

/** Opens the pools. Nothing connects before the first query. */
export function connect(address: DatabaseAddress, options: ConnectOptions = {}): Database {
  const { pooler = "none", migrator, now = () => performance.now() } = options;
  const connections = Math.max(MIN_CONNECTIONS, options.connections ?? DEFAULT_CONNECTIONS);
  const direct = pooler === "none";
  const open = (onLost: () => void) => openClient(address, { direct, onLost });
  const share = connectionsForControl(connections);

  const statements = new Pipelines(
    share,
    (onLost) => openClient(address, { direct, oneByOne: !direct, onLost }),
    now,
  );
  const controlPool = new ConnectionPool(share, open, { fair: false, now });
  const batchPool = new ConnectionPool(share, open, {
    fair: true,
    favored: JOBS_HOLDER,
    waitMilliseconds: BATCH_WAIT_MILLISECONDS,
    now,
  });
  const lanes = openLanes(
    connectionsForTenants(connections),
    Math.min(options.lanes ?? DEFAULT_LANES, fittingLanes(connections)),
    (size) => new ConnectionPool(size, open, { fair: true, now }),
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
    openMigratorPool,
    begin: direct ? "begin" : `begin; set local statement_timeout = ${STATEMENT_TIMEOUT_MILLISECONDS}`,
    lane: (schema: SchemaName) => lanes[laneOf(schema, lanes.length)]!,
    stats: () => [
      { lane: "control", ...controlPool.stats() },
      { lane: "batch", ...batchPool.stats() },
      ...lanes.map((lane, place) => ({ lane: String(place), ...lane.stats() })),
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
  const viewOf = (side: ControlSide): Database => ({
    ...common,
    ...side,
    get batch() {
      return batch;
    },
  });
  const batch = viewOf({
    control: controlHandle((work) => batchPool.with(BATCH_HOLDER, "transaction", work)),
    controlPool: batchPool,
    controlHolder: BATCH_HOLDER,
    migratorPool: migratorPool ?? batchPool,
    ping: () => batchPool.ping(),
  });
  return viewOf({
    control: controlHandle((work) => statements.run(work)),
    controlPool,
    controlHolder: CONTROL_HOLDER,
    migratorPool: migratorPool ?? controlPool,
    async ping() {
      await Promise.all([statements, controlPool, ...lanes].map((pool) => pool.ping()));
    },
  });
}

/** What holds connections and can tell when the server no longer answers on one. */
type Watched = { dropSilent(): boolean; renew(): void };

/**
 * Gives up each connection on which the server has answered nothing within `answerWithin`: the path to it is dead, even
 * if the network still acknowledges what is sent. All others are older than that, so they are replaced as well.
 */
function watch(pools: Watched[], answerWithin: number): () => void {
  const timer = setInterval(() => {
    const silent = pools.filter((pool) => pool.dropSilent());
    if (silent.length > 0) { for (const pool of pools) pool.renew(); }
  }, answerWithin / SILENT_TICKS).unref();
  return () => clearInterval(timer);
}

/** Into how many lanes so many connections can be split: a tenant may have half of a lane, so each has at least two. */
export function fittingLanes(connections: number): number {
  return Math.max(1, Math.floor(connectionsForTenants(connections) / MIN_CONNECTIONS_OF_A_LANE));
}

function connectionsForTenants(connections: number): number {
  return connections - 3 * connectionsForControl(connections);
}

/** For single statements of requests on `control`, as many again for their transactions, and for `batch`. */
function connectionsForControl(connections: number): number {
  return Math.max(1, Math.round(connections * CONTROL_SHARE));
}

function openLanes(
  connections: number,
  count: number,
  open: (size: number) => ConnectionPool,
): ConnectionPool[] {
  return Array.from({ length: count }, (_, place) => open(Math.floor((connections + place) / count)));
}

/** A tenant's lane by its schema's name (FNV-1a), so that each backend gets to know its share of the tenants alone. */
export function laneOf(schema: SchemaName, lanes: number): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < schema.length; place++) {
    hash = Math.imul(hash ^ schema.charCodeAt(place), 0x01000193);
  }
  return (hash >>> 0) % lanes;
}

/**
 * `oneByOne` sends a statement when the one before it is answered, for single statements behind a pooler. Unprepared
 * ones with values go in two steps, and the first ends with a Flush and not with a Sync. Sent behind another statement,
 * it reaches the server, the other's answer gives the server connection away, and its own answer finds nobody:
 * PgBouncer 1.18 closes that connection, and the statement waits for ever. In a transaction the connection stays.
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
    prepare: direct, // what was prepared on one connection of the pooler's isn't there on the next
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    // Those of arrays, which nothing here uses: each table of each tenant brings two, and each connection would read all.
    fetch_types: false,
    max_lifetime: null as unknown as number, // null is "never" to the driver; its types don't say so
    onnotice: () => {},
    connection: direct ? { ...connection, ...limits } : connection,
  };
  const client = "url" in address
    ? postgres(postgresOptions(address.url, options))
    : postgres({ ...options, path: address.socketPath, username: "denizen", database: "denizen" });
  drizzle(client); // sets the client's parsers to those that Drizzle's columns expect
  return client;
}
