import type postgres from "postgres";
import { unavailable } from "../src/errors.ts";

export type Client = postgres.Sql;

/** Sends one statement (or, without values, constant SQL of several) and gives its answer. */
export type Send = (
  text: string,
  values?: postgres.ParameterOrJSON<never>[],
  options?: postgres.UnsafeQueryOptions & { simple?: boolean },
) => postgres.PendingQuery<(postgres.Row & Iterable<postgres.Row>)[]>;

/** How a connection is used: by a transaction alone, or by flights, whose statements are all sent at once. */
export type Use = "transaction" | "flight";

/** Flights that may be on their way on one connection. Postgres answers them one after the other. */
const MAX_FLIGHTS = 4;
const WAIT_MILLISECONDS = 10_000;
const CLOSE_TIMEOUT_SECONDS = 5;

/** One connection to Postgres. Once lost, it is not used again. */
export class Connection {
  readonly client: Client;
  /** How many use it now: one transaction, or up to `MAX_FLIGHTS` flights. */
  load = 0;
  use: Use = "flight";
  readonly #users = new Set<(loss: Error) => void>();
  #lost: Error | undefined;

  constructor(client: Client) {
    this.client = client;
  }

  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  /**
   * Runs `work`, and gives up when the connection is lost meanwhile: what was sent then may never be answered,
   * and what is sent later must not reach a connection that takes its place.
   */
  run<T>(work: (send: Send) => Promise<T>): Promise<T> {
    const send: Send = (text, values, options) => {
      if (this.#lost) throw this.#lost;
      return this.client.unsafe(text, values, options).execute();
    };
    return new Promise<T>((resolve, reject) => {
      this.#users.add(reject);
      work(send).then(resolve, reject).finally(() => this.#users.delete(reject));
    });
  }

  /** Whoever waits for an answer is told, after the driver had its chance to say more. */
  markLost(): void {
    const loss = this.#lost = unavailable("The connection to the database was lost.");
    setTimeout(() => this.#users.forEach((reject) => reject(loss)));
  }
}

type Waiter = { use: Use; resolve: (connection: Connection) => void; reject: (error: Error) => void };

/** A fixed number of connections, handed out first come, first served. A lost one is replaced. */
export class ConnectionPool {
  readonly #all = new Set<Connection>();
  readonly #waiting: Waiter[] = [];
  readonly #size: number;
  readonly #openClient: (onLost: () => void) => Client;
  #closed = false;

  constructor(size: number, openClient: (onLost: () => void) => Client) {
    this.#size = size;
    this.#openClient = openClient;
  }

  /** Lends a connection for the time of `work`. Throws `unavailable` when none gets free in time. */
  async with<T>(use: Use, work: (send: Send) => Promise<T>): Promise<T> {
    if (this.#closed) throw unavailable("The server is shutting down.");
    const connection = this.#take(use) ?? await this.#wait(use);
    try {
      return await connection.run(work);
    } finally {
      this.#giveBack(connection);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(unavailable("The server is shutting down."));
    await Promise.all([...this.#all].map(({ client }) => client.end({ timeout: CLOSE_TIMEOUT_SECONDS })));
  }

  /** A connection that can be used so now, and is counted as used. Nobody is passed over who waits. */
  #take(use: Use): Connection | undefined {
    const connection = this.#waiting.length > 0 ? undefined : this.#leastLoaded(use);
    return connection && occupy(connection, use);
  }

  #leastLoaded(use: Use): Connection | undefined {
    let best: Connection | undefined;
    for (const connection of this.#all) {
      if (connection.isLost) continue;
      if (connection.load === 0) return connection;
      const shared = use === "flight" && connection.use === "flight" && connection.load < MAX_FLIGHTS;
      if (shared && connection.load < (best?.load ?? Infinity)) best = connection;
    }
    return this.#all.size < this.#size ? this.#open() : best;
  }

  #open(): Connection {
    const connection: Connection = new Connection(this.#openClient(() => this.#lose(connection)));
    this.#all.add(connection);
    return connection;
  }

  #wait(use: Use): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        use,
        resolve: (connection) => (clearTimeout(timer), resolve(connection)),
        reject: (error) => (clearTimeout(timer), reject(error)),
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(unavailable("All connections to the database are busy."));
      }, WAIT_MILLISECONDS);
      this.#waiting.push(waiter);
    });
  }

  #giveBack(connection: Connection): void {
    connection.load--;
    while (this.#waiting.length > 0) {
      const next = this.#leastLoaded(this.#waiting[0]!.use);
      if (!next) return;
      const waiter = this.#waiting.shift()!;
      waiter.resolve(occupy(next, waiter.use));
    }
  }

  #lose(connection: Connection): void {
    this.#all.delete(connection);
    connection.markLost();
    if (!this.#closed) connection.client.end({ timeout: 0 }).catch(() => {});
  }
}

function occupy(connection: Connection, use: Use): Connection {
  connection.load++;
  connection.use = use;
  return connection;
}
