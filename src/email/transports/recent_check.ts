import { MINUTE } from "../../platform/clock.ts";

/**
 * Runs a check once at a time, and not within a minute after a success. Health is checked every few seconds, and mail
 * servers treat frequent sign-ins as an attack. Uses monotonic time.
 */
export class RecentCheck {
  readonly #check: () => Promise<void>;
  #goodUntil = -Infinity;
  #running: Promise<void> | undefined;

  constructor(check: () => Promise<void>) {
    this.#check = check;
  }

  /** Records a success that happened outside the check. */
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
