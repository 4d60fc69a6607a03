import type { ControlDb, Database } from "../../db/connection/connect.ts";
import { controlHandle } from "../../db/connection/control_handle.ts";
import { BatchedWrites } from "../platform/batched_writes.ts";
import { SECOND } from "../platform/clock.ts";
import { describeError, logOf } from "../platform/log.ts";
import type { Metrics } from "../platform/metrics.ts";
import { part, type Services } from "../ports.ts";
import type { ApiCall } from "./api_call.ts";
import { CALL_COUNTER } from "./call_counter.ts";
import { CallBatch } from "./call_batch.ts";
import { REFUSED_CALLS } from "./refused_calls.ts";

/** Half of what a killed process may lose, because a write takes time as well. */
const WRITE_EVERY = SECOND / 2;
const CALLS_IN_A_BATCH = 20_000;
/** About 20 MB. They wait only while the database can't take them. */
const MAX_WAITING = 200_000;

/** Holds a connection of its own in the batch pool, so that a slow report of the back office doesn't delay the log. */
const HOLDER = "request log";

const log = logOf("usage");

/**
 * Collects API calls in memory, so that a call waits for no write, and writes them in batches twice a second. A killed process
 * loses at most the calls of the last second. While the database can't be reached, calls wait, up to a limit; further calls
 * are dropped and counted.
 */
export class CallLog {
  readonly #control: ControlDb;
  readonly #metrics: Metrics;
  readonly #writes: BatchedWrites;
  readonly #full: CallBatch[] = [];
  #current = new CallBatch();
  #waiting = 0;

  constructor(db: Database, metrics: Metrics) {
    this.#control = controlHandle((work) => db.batch.controlPool.with(HOLDER, "transaction", work));
    this.#metrics = metrics;
    this.#writes = new BatchedWrites(() => this.#writeAll(), WRITE_EVERY);
    metrics.onScrape(() => metrics.setRequestLogWaiting(this.#waiting));
  }

  add(call: ApiCall): void {
    if (this.#waiting >= MAX_WAITING) return this.#metrics.requestLogDropped();
    this.#waiting++;
    this.#current.add(call);
    if (this.#current.size < CALLS_IN_A_BATCH) return;
    this.#endBatch();
    this.#writes.start();
  }

  /** How many calls are not yet written. */
  get waiting(): number {
    return this.#waiting;
  }

  flush(): Promise<void> {
    return this.#writes.flush();
  }

  close(): Promise<void> {
    return this.#writes.close();
  }

  /** Keeps the calls for the next time if they can't be written. */
  async #writeAll(): Promise<void> {
    this.#endBatch();
    for (let batch = this.#full[0]; batch; batch = this.#full[0]) {
      try {
        await this.#control.execute(batch.toStatement());
      } catch (error) {
        return log.warn("API calls could not be written and will be retried", describeError(error));
      }
      this.#full.shift();
      this.#waiting -= batch.size;
    }
  }

  #endBatch(): void {
    if (this.#current.size === 0) return;
    this.#current.seal();
    this.#full.push(this.#current);
    this.#current = new CallBatch();
  }
}

/**
 * Adds a call to the request log, where it shows within a second, and to the reports, within five. Of the calls that a limit refuses,
 * the log has only some.
 */
export function logCall({ use }: Services, call: ApiCall): void {
  if (use(REFUSED_CALLS).isLogged(call)) use(CALL_LOG).add(call);
  use(CALL_COUNTER).add(call);
}

export const CALL_LOG = part("API call log", ({ db, metrics }) => new CallLog(db, metrics), {
  close: (log) => log.close(),
});
