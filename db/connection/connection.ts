import type postgres from "postgres";
import { unavailable } from "../../src/errors.ts";

export type Client = postgres.Sql;

/** Sends one statement (or, without values, constant SQL of several) and gives its answer. */
export type Send = (
  text: string,
  values?: postgres.ParameterOrJSON<never>[],
  options?: postgres.UnsafeQueryOptions & { simple?: boolean },
) => postgres.PendingQuery<(postgres.Row & Iterable<postgres.Row>)[]>;

/**
 * How a connection is used: by a transaction alone, or by flights, whose statements are all sent at once. A migration is
 * a transaction whose statements may take any time.
 */
export type Use = "transaction" | "flight" | "migration";

/** Milliseconds on a clock that only goes forward. */
export type MonotonicClock = () => number;

const CLOSE_TIMEOUT_SECONDS = 1;
/** A connection is given up when a statement has had no answer for so many ticks, and none before it on the connection. */
export const SILENT_TICKS = 31;
/** A backend keeps what it learned of each table it ever touched; a new one starts with nothing. */
const MAX_AGE_MILLISECONDS = 10 * 60_000;

/** One connection to Postgres. Once lost, it is not used again. */
export class Connection {
  readonly client: Client;
  /** How many use it now: one transaction, or several flights. */
  load = 0;
  use: Use = "flight";
  /** When it last gave an answer that someone waited for, on the clock of its pool. */
  answeredAt = 0;
  readonly #opened: Promise<unknown>;
  readonly #users = new Set<(loss: Error) => void>();
  #endsAt: number;
  #sent = 0;
  #answered = 0;
  #answeredBefore = 0;
  #silentTicks = 0;
  #lost: Error | undefined;

  constructor(client: Client, now: number) {
    this.client = client;
    this.#opened = this.#send("select 1");
    this.#opened.catch(() => {}); // everyone who uses the connection gets the reason
    this.#endsAt = now + MAX_AGE_MILLISECONDS * (0.75 + Math.random() / 2);
  }

  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  /** How many statements have no answer yet. */
  get pending(): number {
    return this.#sent - this.#answered;
  }

  isOld(now: number): boolean {
    return now > this.#endsAt;
  }

  /** From now on only those who have the connection use it. */
  expire(): void {
    this.#endsAt = -Infinity;
  }

  /**
   * To be called at regular intervals: true when the server has answered nothing for `SILENT_TICKS` of them while a
   * statement waited. Ticks instead of a clock: a process that was paused has not waited meanwhile.
   */
  tickIsSilent(): boolean {
    const isWaiting = this.pending > 0 && this.use !== "migration";
    this.#silentTicks = isWaiting && this.#answered === this.#answeredBefore ? this.#silentTicks + 1 : 0;
    this.#answeredBefore = this.#answered;
    return this.#silentTicks > SILENT_TICKS;
  }

  /**
   * Runs `work`, and gives up when the connection is lost meanwhile: what was sent then may never be answered,
   * and what is sent later must not reach a connection that takes its place.
   *
   * Nothing is sent before the connection is open: of statements that come earlier the driver keeps some back, and sends
   * later ones first.
   */
  run<T>(work: (send: Send) => PromiseLike<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#users.add(reject);
      this.#opened.then(() => work(this.#send)).then(resolve, reject).finally(() =>
        this.#users.delete(reject)
      );
    });
  }

  /** Everyone who waits for an answer gets the loss, after the driver had its chance to say more. */
  markLost(): void {
    const loss = this.#lost = unavailable("The connection to the database was lost.");
    setTimeout(() => this.#users.forEach((reject) => reject(loss)));
  }

  /** Closes the connection, at once where it is lost. */
  async close(): Promise<void> {
    await this.client.end({ timeout: this.isLost ? 0 : CLOSE_TIMEOUT_SECONDS });
  }

  #send: Send = (text, values, options) => {
    if (this.#lost) throw this.#lost;
    const query = unrepeated(this.client.unsafe(text, values, options)).execute();
    this.#sent++;
    query.then(this.#countAnswer, this.#countAnswer);
    return query;
  };

  #countAnswer = (): void => {
    this.#answered++;
  };
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
