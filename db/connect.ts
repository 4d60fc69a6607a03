/** The connections to Postgres. One driver, `postgres`, for a server and for the embedded database alike. */
import { drizzle, type PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js";
import type { PgDatabase } from "drizzle-orm/pg-core";
import postgres from "postgres";
import { type Client, ConnectionPool, type PoolStats } from "./connection_pool.ts";
import { postgresOptions } from "./driver_options.ts";
import { rememberClient } from "./prepared.ts";
import type { SchemaName } from "./schema_name.ts";

/** Where the database is: a server's URL, or the embedded database's Unix socket. */
export type DatabaseAddress = { url: string } | { socketPath: string };

export type ConnectOptions = {
  /** In all, at least 3. */
  connections?: number;
  /** Into how many lanes the tenants' connections are split. */
  lanes?: number;
  /** `transaction`: behind a pooler such as PgBouncer, which gives out its connections for a transaction each. */
  pooler?: "none" | "transaction";
  /** The login that makes and migrates schemas, where it is not the application's. */
  migrator?: DatabaseAddress;
};

export type ControlDb = PgDatabase<PostgresJsQueryResultHKT>;

/** The open database. Single statements on `control` go through `control`, transactions take a connection of a pool. */
export type Database = {
  readonly control: ControlDb;
  readonly controlPool: ConnectionPool;
  /** Connections of the login that makes and migrates schemas. */
  readonly migratorPool: ConnectionPool;
  /** SQL that begins a transaction. */
  readonly begin: string;
  /** The connections that this tenant uses, always the same ones. */
  lane(schema: SchemaName): ConnectionPool;
  /** The state of `controlPool` (`control`) and of each lane (`0`, `1`, …). */
  stats(): (PoolStats & { lane: string })[];
  /** More connections of the migrating login, for someone who migrates many schemas. To be closed by them. */
  openMigratorPool(connections: number): ConnectionPool;
  /** Calls `onMessage` with what is notified on `channel`. False where that can't be: it needs a connection for itself. */
  listen(channel: string, onMessage: (payload: string) => void): Promise<boolean>;
  close(): Promise<void>;
};

const DEFAULT_CONNECTIONS = 12;
const DEFAULT_LANES = 4;
const CONTROL_SHARE = 1 / 6;
const MIN_CONNECTIONS_OF_A_LANE = 2;
const STATEMENT_TIMEOUT_MILLISECONDS = 30_000;
const CONNECT_TIMEOUT_SECONDS = 5;
const CLOSE_TIMEOUT_SECONDS = 5;

/** Opens the pools. Nothing connects before the first query. */
export function connect(address: DatabaseAddress, options: ConnectOptions = {}): Database {
  const { connections = DEFAULT_CONNECTIONS, pooler = "none", migrator } = options;
  const direct = pooler === "none";
  const open = (onLost: () => void) => openClient(address, { max: 1, direct, onLost });
  const forControl = connectionsForControl(connections);
  const control = new ReplacedClient((onLost) =>
    openClient(address, { max: forControl, direct, oneByOne: !direct, onLost })
  );
  const controlPool = new ConnectionPool(forControl, open, { fair: false });
  const lanes = openLanes(
    connections - 2 * forControl,
    Math.min(options.lanes ?? DEFAULT_LANES, fittingLanes(connections)),
    open,
  );

  const openMigratorPool = (size: number) => {
    const openNext = migrator
      ? (onLost: () => void) => openClient(migrator, { max: 1, direct: true, onLost })
      : open;
    return new ConnectionPool(size, openNext, { fair: false });
  };
  const migratorPool = migrator ? openMigratorPool(1) : controlPool;
  const listeners: Client[] = [];

  const sending = preparing(control);
  const handle = drizzle(sending);
  rememberClient(handle, sending);
  return {
    control: handle,
    controlPool,
    migratorPool,
    openMigratorPool,
    begin: direct ? "begin" : `begin; set local statement_timeout = ${STATEMENT_TIMEOUT_MILLISECONDS}`,
    lane: (schema) => lanes[laneOf(schema, lanes.length)]!,
    stats: () => [
      { lane: "control", ...controlPool.stats() },
      ...lanes.map((lane, place) => ({ lane: String(place), ...lane.stats() })),
    ],
    async listen(channel, onMessage) {
      if (!direct || !("url" in address)) return false;
      const listener = openClient(address, { max: 1, direct });
      listeners.push(listener);
      await listener.listen(channel, onMessage);
      return true;
    },
    async close() {
      const pools = new Set([controlPool, migratorPool, ...lanes]);
      const ended = listeners.map((listener) => listener.end({ timeout: CLOSE_TIMEOUT_SECONDS }));
      await Promise.all([control.close(), ...[...pools].map((pool) => pool.close()), ...ended]);
    },
  };
}

/** Into how many lanes so many connections can be split: a tenant may have half of a lane, so each has at least two. */
export function fittingLanes(connections: number): number {
  const forTenants = connections - 2 * connectionsForControl(connections);
  return Math.max(1, Math.floor(forTenants / MIN_CONNECTIONS_OF_A_LANE));
}

/** For single statements on `control`, and as many again for transactions on it. */
function connectionsForControl(connections: number): number {
  return Math.max(1, Math.round(connections * CONTROL_SHARE));
}

function openLanes(
  connections: number,
  count: number,
  open: (onLost: () => void) => Client,
): ConnectionPool[] {
  return Array.from({ length: count }, (_, place) => {
    const size = Math.floor((connections + place) / count);
    return new ConnectionPool(size, open, { fair: true });
  });
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
 * A client that gives way to a new one as soon as it has lost a connection: this driver doesn't connect again when
 * the loss fell between a statement's making and its sending.
 */
class ReplacedClient {
  readonly #open: (onLost: () => void) => Client;
  #current: Client;
  #closed = false;

  constructor(open: (onLost: () => void) => Client) {
    this.#open = open;
    this.#current = this.#openNext();
  }

  get current(): Client {
    return this.#current;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#current.end({ timeout: CLOSE_TIMEOUT_SECONDS });
  }

  #openNext(): Client {
    const client: Client = this.#open(() => {
      if (this.#closed || client !== this.#current) return;
      this.#current = this.#openNext();
      client.end({ timeout: CLOSE_TIMEOUT_SECONDS }).catch(() => {});
    });
    return client;
  }
}

/**
 * `oneByOne` sends a statement when the one before it is answered, for single statements behind a pooler. Unprepared
 * ones with values go in two steps, and the first ends with a Flush and not with a Sync. Sent behind another statement,
 * it reaches the server, the other's answer gives the server connection away, and its own answer finds nobody:
 * PgBouncer 1.18 closes that connection, and the statement waits for ever. In a transaction the connection stays.
 */
function openClient(
  address: DatabaseAddress,
  { max, direct, oneByOne = false, onLost }: {
    max: number;
    direct: boolean;
    oneByOne?: boolean;
    onLost?: () => void;
  },
): Client {
  const connection = { application_name: "denizen" };
  const options: postgres.Options<Record<string, never>> = {
    max,
    onclose: onLost,
    ...(oneByOne && { max_pipeline: 0 }),
    prepare: direct, // what was prepared on one connection of the pooler's isn't there on the next
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    // Those of arrays, which nothing here uses: each table of each tenant brings two, and each connection would read all.
    fetch_types: false,
    max_lifetime: null as unknown as number, // null is "never" to the driver; its types don't say so
    onnotice: () => {},
    connection: direct ? { ...connection, statement_timeout: STATEMENT_TIMEOUT_MILLISECONDS } : connection,
  };
  const client = "url" in address
    ? postgres(postgresOptions(address.url, options))
    : postgres({ ...options, path: address.socketPath, username: "denizen", database: "denizen" });
  drizzle(client); // sets the client's parsers to those that Drizzle's columns expect
  return client;
}

/**
 * Drizzle sends each statement unprepared, which costs this driver a second round trip. This client prepares them where
 * it may, and always uses the extended protocol: one statement a message, values beside it and never inside.
 */
function preparing(control: ReplacedClient): Client {
  return Object.assign(Object.create(control.current), {
    unsafe: (text: string, values?: never[]) =>
      control.current.unsafe(text, values, { prepare: true, simple: false } as postgres.UnsafeQueryOptions),
  });
}
