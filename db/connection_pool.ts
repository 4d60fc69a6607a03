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

/** One connection to Postgres that serves one transaction at a time. */
export class Connection {
  readonly client: Client;
  #onLost: ((error: Error) => void) | undefined;

  constructor(client: Client) {
    this.client = client;
  }

  /**
   * Runs `work`, and gives up when the connection is lost meanwhile: what was sent then may never be answered,
   * and what is sent later must not reach the connection that takes its place.
   */
  async use<T>(work: (send: Send) => Promise<T>): Promise<T> {
    const session = await this.client.reserve();
    let lost: Error | undefined;
    const loss = new Promise<never>((_, reject) => this.#onLost = (error) => reject(lost = error));
    const send: Send = (text, values, options) => {
      if (lost) throw lost;
      return session.unsafe(text, values, options).execute();
    };
    try {
      return await Promise.race([work(send), loss]);
    } finally {
      this.#onLost = undefined;
      if (!lost) session.release();
    }
  }

  markLost(): void {
    this.#onLost?.(unavailable("The connection to the database was lost."));
  }
}

/** A fixed number of connections, handed out first come, first served. */
export class ConnectionPool {
  readonly #all: Connection[] = [];
  readonly #idle: Connection[] = [];
  readonly #waiting: { resolve: (connection: Connection) => void; reject: (error: Error) => void }[] = [];
  readonly #size: number;
  readonly #open: (onLost: () => void) => Connection;
  #closed = false;

  constructor(size: number, open: (onLost: () => void) => Connection) {
    this.#size = size;
    this.#open = open;
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
    await Promise.all(
      this.#all.map((connection) => connection.client.end({ timeout: CLOSE_TIMEOUT_SECONDS })),
    );
  }

  #take(): Connection | undefined {
    if (this.#closed) throw unavailable("The server is shutting down.");
    if (this.#idle.length > 0) return this.#idle.pop();
    if (this.#all.length === this.#size) return undefined;
    const connection: Connection = this.#open(() => connection.markLost());
    this.#all.push(connection);
    return connection;
  }

  #wait(): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const waiter = {
        resolve: (connection: Connection) => (clearTimeout(timer), resolve(connection)),
        reject: (error: Error) => (clearTimeout(timer), reject(error)),
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(unavailable("All connections to the database are busy."));
      }, WAIT_MILLISECONDS);
      this.#waiting.push(waiter);
    });
  }

  #giveBack(connection: Connection): void {
    const next = this.#waiting.shift();
    if (next) next.resolve(connection);
    else this.#idle.push(connection);
  }
}
