import { unavailable } from "../../src/errors.ts";
import { type Client, Connection, type MonotonicClock, type Send } from "./connection.ts";
import { SHUTTING_DOWN } from "./connection_pool.ts";

/**
 * A fixed number of connections for single statements. Each statement is sent immediately on the connection with the fewest pending
 * statements. Lost connections and old idle connections are replaced.
 */
export class Pipelines {
  readonly #all = new Set<Connection>();
  readonly #size: number;
  readonly #openClient: (onLost: () => void) => Client;
  readonly #now: MonotonicClock;
  #closed = false;

  constructor(size: number, openClient: (onLost: () => void) => Client, now: MonotonicClock) {
    this.#size = size;
    this.#openClient = openClient;
    this.#now = now;
  }

  async run<T>(work: (send: Send) => PromiseLike<T>): Promise<T> {
    if (this.#closed) throw unavailable(SHUTTING_DOWN);
    const connection = this.#leastLoaded();
    connection.load++;
    try {
      return await connection.run(work);
    } finally {
      connection.load--;
    }
  }

  /** Waits for an answer from the server. */
  async ping(): Promise<void> {
    await this.run((send) => send("select 1"));
  }

  /** Drops connections on which the server hasn't answered for too long. Returns whether there was one. */
  dropSilent(): boolean {
    const silent = [...this.#all].filter((connection) => connection.tickIsSilent());
    for (const connection of silent) this.#lose(connection);
    return silent.length > 0;
  }

  /** Replaces all current connections, because the cause of a broken one may affect them too. */
  renew(): void {
    for (const connection of this.#all) connection.expire();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#all].map((connection) => connection.close()));
  }

  /** Old connections finish their pending statements while their replacements already serve new ones. */
  #leastLoaded(): Connection {
    const now = this.#now();
    let best: Connection | undefined;
    let fresh = 0;
    for (const connection of this.#all) {
      if (connection.isOld(now)) {
        if (connection.load === 0) this.#retire(connection);
        continue;
      }
      if (connection.load === 0) return connection;
      if (connection.load < (best?.load ?? Infinity)) best = connection;
      fresh++;
    }
    return best && fresh >= this.#size ? best : this.#open(now);
  }

  #open(now: number): Connection {
    const connection: Connection = new Connection(this.#openClient(() => this.#lose(connection)), now);
    this.#all.add(connection);
    return connection;
  }

  #retire(connection: Connection): void {
    this.#all.delete(connection);
    connection.close().catch(() => {});
  }

  #lose(connection: Connection): void {
    if (!this.#all.delete(connection)) return;
    connection.markLost();
    if (!this.#closed) connection.close().catch(() => {});
  }
}
