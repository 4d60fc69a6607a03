import { unavailable } from "../../src/errors.ts";
import { isRoleRefused } from "../../src/platform/database_errors.ts";
import { problem } from "../../src/platform/problem.ts";
import { type Client, Connection, type MonotonicClock, type Send, type Use } from "./connection.ts";

export const SHUTTING_DOWN = problem("shutting_down", "The server is shutting down.");
const POOL_EXHAUSTED = problem("pool_exhausted", "All connections to the database are busy.");

/** The number of flights that may share a connection. Postgres answers them one after another. */
const MAX_FLIGHTS = 4;
const DEFAULT_WAIT_MILLISECONDS = 2_000;
/** A slower flight delays those behind it, so for a while each flight of its holder gets its own connection. */
const SLOW_MILLISECONDS = 20;
const SLOW_FOR_MILLISECONDS = 1_000;
const MAX_SLOW_HOLDERS = 1_000;

/** The number of connections in use, open but unused, and of callers waiting for one. */
export type PoolStats = { busy: number; idle: number; waiting: number };

export type PoolOptions = {
  /** Whether a holder may use at most half of the connections. */
  fair: boolean;
  /** A holder that may use all connections even in a fair pool. */
  favored?: string;
  /** The maximum time that a caller waits for a connection. */
  waitMilliseconds?: number;
  now?: MonotonicClock;
};

/** A connection that a holder uses. `use` is stricter than the requested use (`wanted`) if the holder's flights are slow. */
type Loan = { connection: Connection; holder: string; wanted: Use; use: Use; since: number };

/** `until` is the monotonic time at which the caller has waited long enough. */
type Waiter = {
  holder: string;
  wanted: Use;
  until: number;
  resolve: (loan: Loan) => void;
  reject: (error: Error) => void;
};

/**
 * A fixed number of connections, shared fairly among holders (tenants). Each holder uses at most half of the connections. Waiting
 * holders take turns, however many requests each has. Lost and old connections are replaced on demand.
 */
export class ConnectionPool {
  readonly #all = new Set<Connection>();
  /** The waiters of each holder, in the order of the holders' turns. */
  readonly #waiting = new Map<string, Waiter[]>();
  /** The load of each holder: 1 for a flight, `MAX_FLIGHTS` for a transaction, because it displaces that many flights. */
  readonly #held = new Map<string, number>();
  /** Holders with slow flights, and the time until which they count as slow. */
  readonly #slow = new Map<string, number>();
  readonly #size: number;
  readonly #share: number;
  readonly #favored: string | undefined;
  readonly #openClient: (onLost: () => void) => Client;
  readonly #now: MonotonicClock;
  readonly #waitMilliseconds: number;
  /** The timer for the waiter who gives up first. It may outlast the waiter. */
  #expiry: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(size: number, openClient: (onLost: () => void) => Client, options: PoolOptions) {
    this.#size = size;
    this.#share = (options.fair ? Math.max(1, Math.floor(size / 2)) : size) * MAX_FLIGHTS;
    this.#favored = options.favored;
    this.#openClient = openClient;
    this.#now = options.now ?? (() => performance.now());
    this.#waitMilliseconds = options.waitMilliseconds ?? DEFAULT_WAIT_MILLISECONDS;
  }

  /** Lends a connection to `work` until it finishes. Throws `unavailable` if no connection is free in time. */
  async with<T>(holder: string, wanted: Use, work: (send: Send) => PromiseLike<T>): Promise<T> {
    if (this.#closed) throw unavailable(SHUTTING_DOWN);
    const loan = this.#hasEligibleWaiter() ? undefined : this.#lend(holder, wanted);
    const { connection, ...rest } = loan ?? await this.#wait(holder, wanted);
    try {
      return await connection.run(work);
    } catch (error) {
      if (isRoleRefused(error)) connection.expire();
      throw error;
    } finally {
      this.#takeBack({ connection, ...rest });
    }
  }

  stats(): PoolStats {
    const busy = [...this.#all].filter(({ load }) => load > 0).length;
    const waiting = [...this.#waiting.values()].reduce((sum, queue) => sum + queue.length, 0);
    return { busy, idle: this.#all.size - busy, waiting };
  }

  /** Waits for an answer from the server. Skips the check if all connections are busy, because `dropSilent` watches those. */
  async ping(): Promise<void> {
    if (this.stats().busy >= this.#size) return;
    await this.with("ping", "flight", (send) => send("select 1"));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#expiry);
    for (const waiter of [...this.#waiting.values()].flat()) {
      waiter.reject(unavailable(SHUTTING_DOWN));
    }
    this.#waiting.clear();
    await Promise.all([...this.#all].map((connection) => connection.close()));
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

  /** Whether a waiter is within its share and only needs a free connection. New callers must not overtake it. */
  #hasEligibleWaiter(): boolean {
    for (const [holder, queue] of this.#waiting) {
      if (this.#isWithinShare(holder, this.#useFor(holder, queue[0]!.wanted))) return true;
    }
    return false;
  }

  /** A connection for `holder`, or undefined if the holder's share is used up or no connection is free. */
  #lend(holder: string, wanted: Use): Loan | undefined {
    const use = this.#useFor(holder, wanted);
    if (!this.#isWithinShare(holder, use)) return undefined;
    const now = this.#now();
    const connection = this.#leastLoaded(use, now);
    if (!connection) return undefined;
    connection.load++;
    connection.use = use;
    this.#held.set(holder, (this.#held.get(holder) ?? 0) + weightOf(use));
    return { connection, holder, wanted, use, since: now };
  }

  #isWithinShare(holder: string, use: Use): boolean {
    if (holder === this.#favored) return true;
    return (this.#held.get(holder) ?? 0) + weightOf(use) <= this.#share;
  }

  /** Also retires old connections that nobody uses, to make room for new ones. */
  #leastLoaded(use: Use, now: number): Connection | undefined {
    let best: Connection | undefined;
    for (const connection of this.#all) {
      if (connection.isOld(now)) {
        if (connection.load === 0) this.#retire(connection);
        continue;
      }
      if (connection.load === 0) return connection;
      const shared = use === "flight" && connection.use === "flight" && connection.load < MAX_FLIGHTS;
      if (shared && connection.load < (best?.load ?? Infinity)) best = connection;
    }
    return this.#all.size < this.#size ? this.#open(now) : best;
  }

  #open(now: number): Connection {
    const connection: Connection = new Connection(this.#openClient(() => this.#lose(connection)), now);
    this.#all.add(connection);
    return connection;
  }

  #wait(holder: string, wanted: Use): Promise<Loan> {
    return new Promise((resolve, reject) => {
      const waiter = { holder, wanted, until: performance.now() + this.#waitMilliseconds, resolve, reject };
      const queue = this.#waiting.get(holder);
      if (queue) queue.push(waiter);
      else this.#waiting.set(holder, [waiter]);
      this.#expiry ??= setTimeout(this.#expire, this.#waitMilliseconds);
    });
  }

  /** Rejects those who have waited too long. One timer for all is cheaper than one for each. */
  #expire = (): void => {
    const now = performance.now();
    let next = Infinity;
    for (const waiter of [...this.#waiting.values()].flat()) {
      if (waiter.until > now) {
        next = Math.min(next, waiter.until);
        continue;
      }
      this.#removeWaiter(waiter);
      waiter.reject(unavailable(POOL_EXHAUSTED));
    }
    this.#expiry = next === Infinity ? undefined : setTimeout(this.#expire, next - now);
  };

  #removeWaiter(waiter: Waiter): void {
    const queue = this.#waiting.get(waiter.holder)!;
    queue.splice(queue.indexOf(waiter), 1);
    if (queue.length === 0) this.#waiting.delete(waiter.holder);
  }

  #takeBack({ connection, holder, wanted, use, since }: Loan): void {
    connection.load--;
    const held = this.#held.get(holder)! - weightOf(use);
    if (held > 0) this.#held.set(holder, held);
    else this.#held.delete(holder);
    const now = this.#now();
    if (wanted === "flight") this.#notePace(connection, holder, since, now);
    if (connection.load === 0 && connection.isOld(now)) this.#retire(connection);
    while (this.#serveNext());
  }

  /** Measures a flight without the time that it waited for earlier flights on its connection. */
  #notePace(connection: Connection, holder: string, since: number, now: number): void {
    const took = now - Math.max(since, connection.answeredAt);
    connection.answeredAt = now;
    if (took < SLOW_MILLISECONDS) return;
    if (this.#slow.size >= MAX_SLOW_HOLDERS) this.#slow.clear();
    this.#slow.set(holder, now + SLOW_FOR_MILLISECONDS);
  }

  #useFor(holder: string, wanted: Use): Use {
    const slowUntil = wanted === "flight" ? this.#slow.get(holder) : undefined;
    if (slowUntil === undefined) return wanted;
    if (slowUntil > this.#now()) return "transaction";
    this.#slow.delete(holder);
    return wanted;
  }

  /** Serves the first eligible holder and moves it to the end of the round. Returns whether one was served. */
  #serveNext(): boolean {
    for (const [holder, queue] of this.#waiting) {
      const { wanted } = queue[0]!;
      if (!this.#isWithinShare(holder, this.#useFor(holder, wanted))) continue;
      const loan = this.#lend(holder, wanted);
      if (!loan) return false;
      const waiter = queue.shift()!;
      this.#waiting.delete(holder);
      if (queue.length > 0) this.#waiting.set(holder, queue);
      waiter.resolve(loan);
      return true;
    }
    return false;
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

function weightOf(use: Use): number {
  return use === "flight" ? 1 : MAX_FLIGHTS;
}
