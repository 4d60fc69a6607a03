import type postgres from "postgres";
import { unavailable } from "../src/errors.ts";
import { isRoleRefused } from "../src/platform/database_errors.ts";

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
const WAIT_MILLISECONDS = 2_000;
const CLOSE_TIMEOUT_SECONDS = 5;
/** A backend keeps what it learned of each table it ever touched; a new one starts with nothing. */
const MAX_AGE_MILLISECONDS = 10 * 60_000;
/** A flight that takes longer holds up those behind it; for a while, its holder's flights get a connection alone. */
const SLOW_MILLISECONDS = 20;
const SLOW_FOR_MILLISECONDS = 1_000;
const MAX_SLOW_HOLDERS = 1_000;

/** How many connections are in use, how many are open and unused, and how many wait for one. */
export type PoolStats = { busy: number; idle: number; waiting: number };

/** One connection to Postgres. Once lost, it is not used again. */
export class Connection {
  readonly client: Client;
  /** How many use it now: one transaction, or up to `MAX_FLIGHTS` flights. */
  load = 0;
  use: Use = "flight";
  /** When it last gave an answer that someone waited for (`performance.now`). */
  answeredAt = 0;
  readonly #opened: Promise<unknown>;
  #endsAt: number;
  readonly #users = new Set<(loss: Error) => void>();
  #lost: Error | undefined;

  constructor(client: Client) {
    this.client = client;
    this.#opened = client.unsafe("select 1").execute();
    this.#opened.catch(() => {}); // whoever uses the connection is told
    this.#endsAt = performance.now() + MAX_AGE_MILLISECONDS * (0.75 + Math.random() / 2);
  }

  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  get isOld(): boolean {
    return performance.now() > this.#endsAt;
  }

  /** From now on it is used by those alone who have it already. */
  expire(): void {
    this.#endsAt = 0;
  }

  /**
   * Runs `work`, and gives up when the connection is lost meanwhile: what was sent then may never be answered,
   * and what is sent later must not reach a connection that takes its place.
   *
   * Nothing is sent before the connection is open: of statements that come earlier the driver keeps some back, and sends
   * later ones first.
   */
  run<T>(work: (send: Send) => Promise<T>): Promise<T> {
    const send: Send = (text, values, options) => {
      if (this.#lost) throw this.#lost;
      return unrepeated(this.client.unsafe(text, values, options)).execute();
    };
    return new Promise<T>((resolve, reject) => {
      this.#users.add(reject);
      this.#opened.then(() => work(send)).then(resolve, reject).finally(() => this.#users.delete(reject));
    });
  }

  /** Whoever waits for an answer is told, after the driver had its chance to say more. */
  markLost(): void {
    const loss = this.#lost = unavailable("The connection to the database was lost.");
    setTimeout(() => this.#users.forEach((reject) => reject(loss)));
  }
}

/**
 * When the database wants a statement prepared anew, the driver sends it a second time, after whatever was sent
 * meanwhile: that may be another tenant's transaction. So it must not; the statement fails, and is forgotten.
 */
function unrepeated<Query extends object>(query: Query): Query {
  const { reject } = query as { reject?: (error: unknown) => void };
  return Object.defineProperty(query, "retried", {
    get: () => undefined,
    set(error: unknown) {
      Object.assign(query, { cancelled: {} }); // the driver passes over what is cancelled
      reject!(error);
    },
  });
}

/** A connection in use: by whom, and how. `wanted` is how they asked for it. */
type Loan = { connection: Connection; holder: string; wanted: Use; use: Use; since: number };

type Waiter = { holder: string; wanted: Use; resolve: (loan: Loan) => void; reject: (error: Error) => void };

/**
 * A fixed number of connections, shared fairly among holders (tenants): each may have half of them at most, and those
 * who wait take turns, however many requests each of them has waiting. A lost or old connection is replaced.
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
  readonly #openClient: (onLost: () => void) => Client;
  #closed = false;

  constructor(size: number, openClient: (onLost: () => void) => Client, { fair }: { fair: boolean }) {
    this.#size = size;
    this.#share = (fair ? Math.max(1, Math.floor(size / 2)) : size) * MAX_FLIGHTS;
    this.#openClient = openClient;
  }

  /** Lends a connection for the time of `work`. Throws `unavailable` when none gets free within two seconds. */
  async with<T>(holder: string, wanted: Use, work: (send: Send) => Promise<T>): Promise<T> {
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

  async close(): Promise<void> {
    this.#closed = true;
    for (const waiter of [...this.#waiting.values()].flat()) {
      waiter.reject(unavailable("The server is shutting down."));
    }
    this.#waiting.clear();
    await Promise.all([...this.#all].map(({ client }) => client.end({ timeout: CLOSE_TIMEOUT_SECONDS })));
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
    const connection = this.#mayHave(holder, use) ? this.#leastLoaded(use) : undefined;
    if (!connection) return undefined;
    connection.load++;
    connection.use = use;
    this.#held.set(holder, (this.#held.get(holder) ?? 0) + weightOf(use));
    return { connection, holder, wanted, use, since: performance.now() };
  }

  #mayHave(holder: string, use: Use): boolean {
    return (this.#held.get(holder) ?? 0) + weightOf(use) <= this.#share;
  }

  #leastLoaded(use: Use): Connection | undefined {
    let best: Connection | undefined;
    for (const connection of this.#all) {
      if (connection.isLost || connection.isOld) continue;
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
      }, WAIT_MILLISECONDS);
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
    if (wanted === "flight") this.#notePace(connection, holder, since);
    if (connection.load === 0 && connection.isOld) this.#retire(connection);
    while (this.#serveNext());
  }

  /** What a flight took by itself: those sent before it on its connection are answered first. */
  #notePace(connection: Connection, holder: string, since: number): void {
    const now = performance.now();
    const took = now - Math.max(since, connection.answeredAt);
    connection.answeredAt = now;
    if (took < SLOW_MILLISECONDS) return;
    if (this.#slow.size >= MAX_SLOW_HOLDERS) this.#slow.clear();
    this.#slow.set(holder, now + SLOW_FOR_MILLISECONDS);
  }

  #useFor(holder: string, wanted: Use): Use {
    const slowUntil = this.#slow.get(holder);
    if (slowUntil === undefined) return wanted;
    if (slowUntil > performance.now()) return "transaction";
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
    connection.client.end({ timeout: CLOSE_TIMEOUT_SECONDS }).catch(() => {});
  }

  #lose(connection: Connection): void {
    if (!this.#all.delete(connection)) return;
    connection.markLost();
    if (!this.#closed) connection.client.end({ timeout: 0 }).catch(() => {});
  }
}

function weightOf(use: Use): number {
  return use === "transaction" ? MAX_FLIGHTS : 1;
}
