/** The connections to Postgres. One driver, `postgres`, for a server and for the embedded database alike. */
import { drizzle, type PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js";
import type { PgDatabase } from "drizzle-orm/pg-core";
import postgres from "postgres";
import { rememberClient } from "./prepared.ts";
import { type Client, ConnectionPool } from "./connection_pool.ts";

/** Where the database is: a server's URL, or the embedded database's Unix socket. */
export type DatabaseAddress = { url: string } | { socketPath: string };

export type ControlDb = PgDatabase<PostgresJsQueryResultHKT>;

/** The open database: single statements on `control` go through `control`, transactions take a connection of `pool`. */
export type Database = {
  readonly control: ControlDb;
  readonly pool: ConnectionPool;
  close(): Promise<void>;
};

const DEFAULT_CONNECTIONS = 8;
const CONTROL_SHARE = 1 / 4;
const CONNECT_TIMEOUT_SECONDS = 5;
const CLOSE_TIMEOUT_SECONDS = 5;

/** Opens the pools, `connections` in all (at least 2). Nothing connects before the first query. */
export function connect(address: DatabaseAddress, { connections = DEFAULT_CONNECTIONS } = {}): Database {
  const forControl = Math.ceil(connections * CONTROL_SHARE);
  const control = new ReplacedClient((onLost) => openClient(address, forControl, onLost));
  const pool = new ConnectionPool(connections - forControl, (onLost) => openClient(address, 1, onLost));
  const sending = preparing(control);
  const handle = drizzle(sending);
  rememberClient(handle, sending);
  return {
    control: handle,
    pool,
    async close() {
      await Promise.all([pool.close(), control.close()]);
    },
  };
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

function openClient(address: DatabaseAddress, max: number, onclose?: () => void): Client {
  const options: postgres.Options<Record<string, never>> = {
    max,
    onclose,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    max_lifetime: null as unknown as number, // null is "never" to the driver; its types don't say so
    onnotice: () => {},
    connection: { application_name: "denizen" },
  };
  const client = "url" in address
    ? postgres(address.url, options)
    : postgres({ ...options, path: address.socketPath, username: "denizen", database: "denizen" });
  drizzle(client); // sets the client's parsers to those that Drizzle's columns expect
  return client;
}

/**
 * Drizzle sends each statement unprepared, which costs this driver a second round trip. This client prepares them,
 * and always uses the extended protocol: one statement a message, values beside it and never inside.
 */
function preparing(control: ReplacedClient): Client {
  return Object.assign(Object.create(control.current), {
    unsafe: (text: string, values?: never[]) =>
      control.current.unsafe(text, values, { prepare: true, simple: false } as postgres.UnsafeQueryOptions),
  });
}
