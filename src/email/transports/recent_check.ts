import { MINUTE } from "../../platform/clock.ts";

/**
 * Runs a check at most once at a time, and not within a minute of a success: health is checked every few seconds, and mail servers
 * take many sign-ins for an attack. Uses monotonic time.
 */
export class RecentCheck {
  readonly #check: () => Promise<void>;
  #goodUntil = -Infinity;
  #running: Promise<void> | undefined;

  constructor(check: () => Promise<void>) {
    this.#check = check;
  }

  /** Counts as a success: something else showed that it works. */
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
