import type postgres from "postgres";
import { unavailable } from "../src/errors.ts";

export type Client = postgres.Sql;

/** Sends one statement (or, without values, constant SQL of several) and gives its answer. */
export type Send = (
  text: string,
  values?: postgres.ParameterOrJSON<never>[],
  options?: postgres.UnsafeQueryOptions & { simple?: boolean },
) => postgres.PendingQuery<(postgres.Row & Iterable<postgres.Row>)[]>;

const WAIT_MILLISECONDS = 10_000;
const CLOSE_TIMEOUT_SECONDS = 5;

/** One connection to Postgres that serves one transaction at a time. Once lost, it is not used again. */
export class Connection {
  readonly client: Client;
  #lost: Error | undefined;
  #onLost: ((error: Error) => void) | undefined;

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
  async use<T>(work: (send: Send) => Promise<T>): Promise<T> {
    const session = await this.client.reserve();
    const loss = new Promise<never>((_, reject) => this.#onLost = reject);
    const send: Send = (text, values, options) => {
      if (this.#lost) throw this.#lost;
      return session.unsafe(text, values, options).execute();
    };
    try {
      return await Promise.race([work(send), loss]);
    } finally {
      this.#onLost = undefined;
      if (!this.#lost) session.release();
    }
  }

  markLost(): void {
    this.#lost = unavailable("The connection to the database was lost.");
    this.#onLost?.(this.#lost);
  }
}

type Waiter = { resolve: (connection: Connection) => void; reject: (error: Error) => void };

/** A fixed number of connections, handed out first come, first served. A lost one is replaced. */
export class ConnectionPool {
  readonly #all = new Set<Connection>();
  readonly #idle: Connection[] = [];
  readonly #waiting: Waiter[] = [];
  readonly #size: number;
  readonly #openClient: (onLost: () => void) => Client;
  #closed = false;

  constructor(size: number, openClient: (onLost: () => void) => Client) {
    this.#size = size;
    this.#openClient = openClient;
  }

  /** Lends a connection for the time of `work`. Throws `unavailable` when none gets free in time. */
  async with<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = this.#take() ?? await this.#wait();
    try {
      return await work(connection);
    } finally {
      this.#giveBack(connection);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(unavailable("The server is shutting down."));
    await Promise.all([...this.#all].map(({ client }) => client.end({ timeout: CLOSE_TIMEOUT_SECONDS })));
  }

  #take(): Connection | undefined {
    if (this.#closed) throw unavailable("The server is shutting down.");
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (!idle.isLost) return idle;
      this.#discard(idle);
    }
    return this.#all.size < this.#size ? this.#open() : undefined;
  }

  #open(): Connection {
    const connection: Connection = new Connection(this.#openClient(() => connection.markLost()));
    this.#all.add(connection);
    return connection;
  }

  #wait(): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
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
    if (connection.isLost) this.#discard(connection);
    const waiter = this.#waiting.shift();
    if (waiter) waiter.resolve(connection.isLost ? this.#open() : connection);
    else if (!connection.isLost) this.#idle.push(connection);
  }

  #discard(connection: Connection): void {
    this.#all.delete(connection);
    connection.client.end({ timeout: 0 }).catch(() => {});
  }
}
