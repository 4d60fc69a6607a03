import { MINUTE } from "../../platform/clock.ts";

/**
 * A check that isn't made again within a minute of a good one, nor twice at once: health is asked every few seconds, and
 * a mail server takes many sign-ins for an attack. Time is monotonic.
 */
export class RecentCheck {
  readonly #check: () => Promise<void>;
  #goodUntil = -Infinity;
  #running: Promise<void> | undefined;

  constructor(check: () => Promise<void>) {
    this.#check = check;
  }

  /** Something else showed that it works. */
  passed(): void {
    this.#goodUntil = performance.now() + MINUTE;
  }

  /** Throws what the check throws. */
  async run(): Promise<void> {
    if (performance.now() < this.#goodUntil) return;
    this.#running ??= this.#check().then(() => this.passed()).finally(() => this.#running = undefined);
    await this.#running;
  }
}
