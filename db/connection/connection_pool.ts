import { unavailable } from "../../src/errors.ts";
import { isRoleRefused } from "../../src/platform/database_errors.ts";
import { type Client, Connection, type MonotonicClock, type Send, type Use } from "./connection.ts";

/** Flights that may be on their way on one connection. Postgres answers them one after the other. */
const MAX_FLIGHTS = 4;
const DEFAULT_WAIT_MILLISECONDS = 2_000;
/** A flight that takes longer holds up those behind it; for a while, its holder's flights get a connection alone. */
const SLOW_MILLISECONDS = 20;
const SLOW_FOR_MILLISECONDS = 1_000;
const MAX_SLOW_HOLDERS = 1_000;

/** How many connections are in use, how many are open and unused, and how many wait for one. */
export type PoolStats = { busy: number; idle: number; waiting: number };

export type PoolOptions = {
  /** Whether a holder may have half of the connections at most. */
  fair: boolean;
  /** The one holder who may have all of them all the same. */
  favored?: string;
  /** How long someone waits for a connection at most. */
  waitMilliseconds?: number;
  now?: MonotonicClock;
};

/** A connection in use: by whom, and how. `wanted` is how they asked for it. */
type Loan = { connection: Connection; holder: string; wanted: Use; use: Use; since: number };

type Waiter = { holder: string; wanted: Use; resolve: (loan: Loan) => void; reject: (error: Error) => void };

/**
 * A fixed number of connections, shared fairly among holders (tenants): each may have half of them at most, and those
 * who wait take turns, however many requests each of them has waiting. A lost connection is replaced, and so is an old
 * one, at the latest when it is wanted.
 */
export class ConnectionPool {
  readonly #all = new Set<Connection>();
  /** By holder, in the order of their turns. */
  readonly #waiting = new Map<string, Waiter[]>();
  /** How much each holder has now: a flight counts one, a transaction as much as the flights it displaces. */
  readonly #held = new Map<string, number>();
  /** Holders whose flights take long, and until when that is assumed. */
  readonly #slow = new Map<string, number>();
  readonly #size: number;
  readonly #share: number;
  readonly #favored: string | undefined;
  readonly #openClient: (onLost: () => void) => Client;
  readonly #now: MonotonicClock;
  readonly #waitMilliseconds: number;
  #closed = false;

  constructor(size: number, openClient: (onLost: () => void) => Client, options: PoolOptions) {
    this.#size = size;
    this.#share = (options.fair ? Math.max(1, Math.floor(size / 2)) : size) * MAX_FLIGHTS;
    this.#favored = options.favored;
    this.#openClient = openClient;
    this.#now = options.now ?? (() => performance.now());
    this.#waitMilliseconds = options.waitMilliseconds ?? DEFAULT_WAIT_MILLISECONDS;
  }

  /** Lends a connection for the time of `work`. Throws `unavailable` when none gets free in time. */
  async with<T>(holder: string, wanted: Use, work: (send: Send) => PromiseLike<T>): Promise<T> {
    if (this.#closed) throw unavailable("The server is shutting down.");
    const loan = this.#canSomeoneGo() ? undefined : this.#lend(holder, wanted);
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
    const waiting = [...this.#waiting.values()].reduce((sum, line) => sum + line.length, 0);
    return { busy, idle: this.#all.size - busy, waiting };
  }

  /** Waits for an answer of the server. Where all connections are at work, there is none to ask on: `dropSilent` watches those. */
  async ping(): Promise<void> {
    if (this.stats().busy >= this.#size) return;
    await this.with("ping", "flight", (send) => send("select 1"));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const waiter of [...this.#waiting.values()].flat()) {
      waiter.reject(unavailable("The server is shutting down."));
    }
    this.#waiting.clear();
    await Promise.all([...this.#all].map((connection) => connection.close()));
  }

  /** Gives up connections on which the server has answered nothing for too long. Returns whether there was one. */
  dropSilent(): boolean {
    const silent = [...this.#all].filter((connection) => connection.tickIsSilent());
    for (const connection of silent) this.#lose(connection);
    return silent.length > 0;
  }

  /** Lends none of the present connections again: whatever broke another may have broken them. */
  renew(): void {
    for (const connection of this.#all) connection.expire();
  }

  /** Whether someone waits for a connection alone, and not for their own share: then nobody may pass them. */
  #canSomeoneGo(): boolean {
    for (const [holder, line] of this.#waiting) {
      if (this.#mayHave(holder, this.#useFor(holder, line[0]!.wanted))) return true;
    }
    return false;
  }

  /** A connection for `holder` now; undefined where their share is used up, or none is free. */
  #lend(holder: string, wanted: Use): Loan | undefined {
    const use = this.#useFor(holder, wanted);
    if (!this.#mayHave(holder, use)) return undefined;
    const now = this.#now();
    const connection = this.#leastLoaded(use, now);
    if (!connection) return undefined;
    connection.load++;
    connection.use = use;
    this.#held.set(holder, (this.#held.get(holder) ?? 0) + weightOf(use));
    return { connection, holder, wanted, use, since: now };
  }

  #mayHave(holder: string, use: Use): boolean {
    if (holder === this.#favored) return true;
    return (this.#held.get(holder) ?? 0) + weightOf(use) <= this.#share;
  }

  /** An old connection that nobody uses makes room for a new one here, or it would stay for ever, lent to nobody. */
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
      const waiter: Waiter = {
        holder,
        wanted,
        resolve: (loan) => (clearTimeout(timer), resolve(loan)),
        reject: (error) => (clearTimeout(timer), reject(error)),
      };
      const timer = setTimeout(() => {
        this.#leave(waiter);
        reject(unavailable("All connections to the database are busy."));
      }, this.#waitMilliseconds);
      const line = this.#waiting.get(holder);
      if (line) line.push(waiter);
      else this.#waiting.set(holder, [waiter]);
    });
  }

  #leave(waiter: Waiter): void {
    const line = this.#waiting.get(waiter.holder)!;
    line.splice(line.indexOf(waiter), 1);
    if (line.length === 0) this.#waiting.delete(waiter.holder);
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

  /** What a flight took by itself: those sent before it on its connection are answered first. */
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

  /** Serves the first in the round who may go; they move to its end. Returns whether that was possible. */
  #serveNext(): boolean {
    for (const [holder, line] of this.#waiting) {
      const { wanted } = line[0]!;
      if (!this.#mayHave(holder, this.#useFor(holder, wanted))) continue;
      const loan = this.#lend(holder, wanted);
      if (!loan) return false;
      const waiter = line.shift()!;
      this.#waiting.delete(holder);
      if (line.length > 0) this.#waiting.set(holder, line);
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
