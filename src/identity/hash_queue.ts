import { unavailable } from "../errors.ts";
import { SECOND } from "../platform/clock.ts";

/** More at once would take memory, and no process has so many sign-ins. */
const MOST_AT_ONCE = 4;
/** How much work may wait: what comes later is refused. */
const LONGEST_WAIT = 10 * SECOND;
/** What one hash takes until the first ones were measured. */
const FIRST_ESTIMATE = 60;
/** The weight of the latest hash in the moving average. */
const WEIGHT = 0.2;

export type HashQueueOptions = { atOnce?: number; longestWait?: number; now?: () => number };

type Waiting = { start: () => void };

/**
 * Password hashes, one after the other: as many at once as there are cores but one, a bounded number waiting. A hash takes tens
 * of megabytes and a whole core, and Deno would start any number of them.
 */
export class HashQueue {
  readonly #atOnce: number;
  readonly #longestWait: number;
  readonly #now: () => number;
  readonly #waiting = new Set<Waiting>();
  #running = 0;
  #average = FIRST_ESTIMATE;

  constructor({ atOnce, longestWait = LONGEST_WAIT, now = () => performance.now() }: HashQueueOptions = {}) {
    this.#atOnce = atOnce ?? hashesAtOnce(navigator.hardwareConcurrency);
    this.#longestWait = longestWait;
    this.#now = now;
  }

  /**
   * Runs `hash` when its turn comes. Throws `unavailable` when too much is waiting, or when `signal` says that nobody
   * waits for the result any more.
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
    return new Promise((start, refuse) => {
      const leave = () => {
        this.#waiting.delete(waiting);
        refuse(canceled());
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

/** One core is left to everything else: a request, the database and `/health` wait for no hash. */
function hashesAtOnce(cores: number): number {
  return Math.min(Math.max(cores - 1, 1), MOST_AT_ONCE);
}

function overloaded(longestWait: number) {
  const seconds = Math.ceil(longestWait / SECOND);
  return unavailable("Too many people are signing in right now. Try again in a few seconds.", seconds);
}

function canceled() {
  return unavailable("The request was canceled.");
}
