import { clearInterval, setInterval } from "node:timers";
import { SECOND } from "./clock.ts";

const WRITE_EVERY = 5 * SECOND;

/**
 * Writes what a process collects in memory, so that a request costs no write: every few seconds, and at shutdown. A killed process
 * loses what it collected since the last write.
 */
export class BatchedWrites {
  readonly #write: () => Promise<void>;
  readonly #timer: ReturnType<typeof setInterval>;
  #writing: Promise<void> | undefined;

  /**
   * `write` takes what was collected, and keeps it for the next time if it fails. It runs every `every` milliseconds, but never twice
   * at once.
   */
  constructor(write: () => Promise<void>, every = WRITE_EVERY) {
    this.#write = write;
    this.#timer = setInterval(() => this.start(), every).unref();
  }

  get isWriting(): boolean {
    return this.#writing !== undefined;
  }

  /** Starts a write in the background, unless one is in progress. */
  start(): void {
    if (!this.#writing) void this.flush();
  }

  /** Writes what was collected before this call. Calls that wait at the same time share a write. */
  async flush(): Promise<void> {
    await this.#writing;
    this.#writing ??= this.#write().finally(() => this.#writing = undefined);
    await this.#writing;
  }

  /** Writes what is left, and stops. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}
