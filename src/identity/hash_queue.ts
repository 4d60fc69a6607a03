import { unavailable } from "../errors.ts";
import { SECOND } from "../platform/clock.ts";
import { problem } from "../platform/problem.ts";

const TOO_MANY_SIGN_INS = problem(
  "too_many_sign_ins",
  "Too many people are signing in right now. Try again in a few seconds.",
);
const REQUEST_CANCELED = problem("request_canceled", "The request was canceled.");

/** More concurrent hashes would only use more memory. No process has that many sign-ins. */
const MAX_CONCURRENCY = 4;
/** The queue refuses a hash that would wait longer. */
const MAX_WAIT = 10 * SECOND;
/** The assumed duration of a hash, in milliseconds, until the first hashes are measured. */
const FIRST_ESTIMATE = 60;
/** The weight of the latest hash in the moving average. */
const WEIGHT = 0.2;

export type HashQueueOptions = { atOnce?: number; longestWait?: number; now?: () => number };

type Waiting = { start: () => void };

/**
 * A bounded queue of password hashes. It runs one fewer hash at a time than there are cores. A hash takes tens of megabytes and
 * a whole core, and Deno itself doesn't limit how many run.
 */
export class HashQueue {
  readonly #atOnce: number;
  readonly #longestWait: number;
  readonly #now: () => number;
  readonly #waiting = new Set<Waiting>();
  #running = 0;
  #average = FIRST_ESTIMATE;

  constructor({ atOnce, longestWait = MAX_WAIT, now = () => performance.now() }: HashQueueOptions = {}) {
    this.#atOnce = atOnce ?? hashesAtOnce(navigator.hardwareConcurrency);
    this.#longestWait = longestWait;
    this.#now = now;
  }

  /**
   * Runs `hash` when its turn comes. Throws `unavailable` if the queue is too long, or if `signal` is aborted because nobody
   * waits for the result any longer.
   */
  async run<T>(hash: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#turn(signal);
    const started = this.#now();
    try {
      return await hash();
    } finally {
      this.#average += WEIGHT * (this.#now() - started - this.#average);
      this.#next();
    }
  }

  async #turn(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw canceled();
    if (this.#running < this.#atOnce) {
      this.#running++;
      return;
    }
    const wait = (this.#waiting.size + 1) * this.#average / this.#atOnce;
    if (wait > this.#longestWait) throw overloaded(this.#longestWait);
    await this.#wait(signal);
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((start, reject) => {
      const leave = () => {
        this.#waiting.delete(waiting);
        reject(canceled());
      };
      const waiting: Waiting = {
        start: () => {
          signal?.removeEventListener("abort", leave);
          start();
        },
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.#waiting.add(waiting);
    });
  }

  /** Gives the slot to the oldest waiter, or frees it. */
  #next(): void {
    const [first] = this.#waiting;
    if (!first) {
      this.#running--;
      return;
    }
    this.#waiting.delete(first);
    first.start();
  }
}

/** One core stays free, so requests, the database and `/health` never wait for a hash. */
function hashesAtOnce(cores: number): number {
  return Math.min(Math.max(cores - 1, 1), MAX_CONCURRENCY);
}

function overloaded(longestWait: number) {
  const seconds = Math.ceil(longestWait / SECOND);
  return unavailable(TOO_MANY_SIGN_INS, seconds);
}

function canceled() {
  return unavailable(REQUEST_CANCELED);
}
