import type postgres from "postgres";
import { unavailable } from "../../src/errors.ts";
import { problem } from "../../src/platform/problem.ts";
import { reportIfSlow } from "./slow_statements.ts";

const CONNECTION_LOST = problem("connection_lost", "The connection to the database was lost.");

export type Client = postgres.Sql;

/** Sends one statement, or without values a script of constant SQL, and returns its answer. `holder` is for the log of slow ones. */
export type Send = (
  text: string,
  values?: postgres.ParameterOrJSON<never>[],
  options?: postgres.UnsafeQueryOptions & { simple?: boolean },
  holder?: string,
) => postgres.PendingQuery<(postgres.Row & Iterable<postgres.Row>)[]>;

/**
 * How a connection is used. A transaction uses it exclusively. Flights share it: a flight is a transaction whose
 * statements are all sent at once, without waiting for answers. A migration is a transaction without a time limit.
 */
export type Use = "transaction" | "flight" | "migration";

/** Milliseconds of monotonic time. */
export type MonotonicClock = () => number;

const CLOSE_TIMEOUT_SECONDS = 1;
/** A connection is dropped if it has pending statements and gets no answer for this many ticks. */
export const SILENT_TICKS = 31;
/** A backend caches metadata of every table that it has used. Replacing old connections frees that memory. */
const MAX_AGE_MILLISECONDS = 10 * 60_000;

/** One connection to Postgres. A lost connection is never used again. */
export class Connection {
  readonly client: Client;
  /** The number of current users: one transaction, or several flights. */
  load = 0;
  use: Use = "flight";
  /** When the last flight on this connection got its answer, by the pool's clock. */
  answeredAt = 0;
  readonly #opened: Promise<unknown>;
  readonly #users = new Set<(loss: Error) => void>();
  #endsAt: number;
  #sent = 0;
  #answered = 0;
  #answeredBefore = 0;
  #lastAnswerAt = 0;
  #silentTicks = 0;
  #lost: Error | undefined;

  constructor(client: Client, now: number) {
    this.client = client;
    this.#opened = this.#send("select 1");
    this.#opened.catch(() => {}); // `run` passes the error to each user
    this.#endsAt = now + MAX_AGE_MILLISECONDS * (0.75 + Math.random() / 2);
  }

  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  /** The number of statements without an answer. */
  get pending(): number {
    return this.#sent - this.#answered;
  }

  isOld(now: number): boolean {
    return now > this.#endsAt;
  }

  /** Marks the connection as old: current users finish, and nobody else gets it. */
  expire(): void {
    this.#endsAt = -Infinity;
  }

  /**
   * Call this at regular intervals. Returns true if the server hasn't answered a pending statement for more than `SILENT_TICKS`
   * calls. Counts ticks instead of time, so that a paused process doesn't drop its connections.
   */
  tickIsSilent(): boolean {
    const isWaiting = this.pending > 0 && this.use !== "migration";
    this.#silentTicks = isWaiting && this.#answered === this.#answeredBefore ? this.#silentTicks + 1 : 0;
    this.#answeredBefore = this.#answered;
    return this.#silentTicks > SILENT_TICKS;
  }

  /**
   * Runs `work`, and rejects as soon as the connection is lost. Statements that were sent may never be answered, and
   * later ones must not reach a replacement connection.
   *
   * Waits for the connection to open before it sends anything, because the driver reorders statements that it gets
   * earlier.
   */
  run<T>(work: (send: Send) => PromiseLike<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#users.add(reject);
      this.#opened.then(() => work(this.#send)).then(resolve, reject).finally(() =>
        this.#users.delete(reject)
      );
    });
  }

  /** Rejects all pending work, after the driver had a chance to report a more specific error. */
  markLost(): void {
    const loss = this.#lost = unavailable(CONNECTION_LOST);
    setTimeout(() => this.#users.forEach((reject) => reject(loss)));
  }

  /** Closes the connection, without waiting if it is lost. */
  async close(): Promise<void> {
    await this.client.end({ timeout: this.isLost ? 0 : CLOSE_TIMEOUT_SECONDS });
  }

  #send: Send = (text, values, options, holder) => {
    if (this.#lost) throw this.#lost;
    const query = withoutRetry(this.client.unsafe(text, values, options)).execute();
    this.#sent++;
    const sentAt = performance.now();
    const countAnswer = () => {
      this.#answered++;
      const now = performance.now();
      // An earlier statement may have delayed this one. A migration may take its time.
      if (this.use !== "migration") reportIfSlow(now - Math.max(sentAt, this.#lastAnswerAt), text, holder);
      this.#lastAnswerAt = now;
    };
    query.then(countAnswer, countAnswer);
    return query;
  };
}

/**
 * Prevents the driver from sending a statement a second time when Postgres requires it to be prepared again. The second one would
 * follow statements that were sent in the meantime, possibly in another tenant's transaction. The statement fails instead.
 * Replaces the property of all of the driver's queries, because a property of each one would slow them down.
 */
function withoutRetry<Query extends object>(query: Query): Query {
  const queries = Object.getPrototypeOf(query);
  const isOfDriver = queries !== Object.prototype; // a double's plain object would change every object
  if (isOfDriver && !Object.hasOwn(queries, "retried")) {
    Object.defineProperty(queries, "retried", FAIL_INSTEAD);
  }
  return query;
}

const FAIL_INSTEAD: PropertyDescriptor = {
  get: () => undefined,
  set(error: unknown) {
    const query = this as { cancelled: unknown; reject(error: unknown): void };
    query.cancelled = {}; // the driver skips canceled queries
    query.reject(error);
  },
};
