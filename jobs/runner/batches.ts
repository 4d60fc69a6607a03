import { setTimeout } from "node:timers/promises";
import { isUnstorable } from "../../src/platform/database_errors.ts";
import { describeError, logOf } from "../../src/platform/log.ts";

const MAX_BATCH = 500;
const RETRY_MILLISECONDS = 500;

const log = logOf("jobs");

/**
 * Collects items while a batch of them is being written, and writes the next batch then: one statement for one item when
 * little happens, one for hundreds when much does. A batch that fails is tried again until it succeeds or all is closed; of
 * one with what Postgres can't store, all but that is written.
 */
export class Batches<Item> {
  readonly #write: (items: Item[]) => Promise<void>;
  readonly #drop: (item: Item) => void;
  #waiting: Item[] = [];
  #writing: Promise<void> | undefined;
  #closed = false;

  /** `drop`: called with what Postgres can't store. */
  constructor(write: (items: Item[]) => Promise<void>, drop: (item: Item) => void) {
    this.#write = write;
    this.#drop = drop;
  }

  add(item: Item): void {
    this.#waiting.push(item);
    this.#writing ??= this.#writeAll();
  }

  /** Until everything is written. */
  async idle(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  /** Writes what there is, once more at most. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.idle();
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve(); // what is added in the same breath goes together
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

  /** Takes out of the batch what is written, so that it isn't written again. */
  async #writeStorable(batch: Item[]): Promise<void> {
    try {
      return await this.#write(batch);
    } catch (error) {
      if (!isUnstorable(error)) throw error;
      if (batch.length === 1) {
        log.error("a job could not be written to the outbox, and never will be", describeError(error));
        return this.#drop(batch[0]!);
      }
    }
    while (batch.length > 0) {
      await this.#writeStorable(batch.slice(0, 1));
      batch.shift();
    }
  }
}
