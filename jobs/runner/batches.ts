import { setTimeout } from "node:timers/promises";
import { isUnstorable } from "../../src/platform/database_errors.ts";
import { describeError, logOf } from "../../src/platform/log.ts";

const MAX_BATCH = 500;
const RETRY_MILLISECONDS = 500;

const log = logOf("jobs");

/**
 * Collects items while a batch is being written, and then writes them as the next batch: one item per statement under low
 * load, hundreds under high load. A failed batch is retried until it succeeds or the process stops. If Postgres can't store
 * an item, the other items of its batch are still written.
 */
export class Batches<Item> {
  readonly #write: (items: Item[]) => Promise<void>;
  readonly #drop: (item: Item) => void;
  #waiting: Item[] = [];
  #writing: Promise<void> | undefined;
  #closed = false;

  /** `drop` is called with each item that Postgres can't store. */
  constructor(write: (items: Item[]) => Promise<void>, drop: (item: Item) => void) {
    this.#write = write;
    this.#drop = drop;
  }

  add(item: Item): void {
    this.#waiting.push(item);
    this.#writing ??= this.#writeAll();
  }

  /** Waits until everything is written. */
  async idle(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  /** Writes what is left, without retries. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.idle();
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve(); // items added in the same tick go into one batch
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      try {
        await this.#writeStorable(batch);
      } catch (error) {
        log.warn("jobs could not be written to the outbox", describeError(error));
        if (this.#closed) break;
        this.#waiting.unshift(...batch);
        await setTimeout(RETRY_MILLISECONDS);
      }
    }
    this.#writing = undefined;
  }

  /** Removes items from the batch once they are written, so that a retry doesn't write them again. */
  async #writeStorable(batch: Item[]): Promise<void> {
    try {
      return await this.#write(batch);
    } catch (error) {
      if (!isUnstorable(error)) throw error;
      if (batch.length === 1) {
        log.error("the database can't store a job, so it was dropped from the batch", describeError(error));
        return this.#drop(batch[0]!);
      }
    }
    while (batch.length > 0) {
      await this.#writeStorable(batch.slice(0, 1));
      batch.shift();
    }
  }
}
