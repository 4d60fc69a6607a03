type BreakerOptions = {
  /** How many failures in a row open the breaker. */
  failures: number;
  /** How long it stays open before one call may try again, in milliseconds. */
  openFor: number;
  /** Monotonic milliseconds. */
  now?: () => number;
};

/**
 * Keeps calls away from something that doesn't answer, so that nobody waits for it. After some failures in a row it opens. Once in a
 * while, one call may try again, and a success closes it.
 */
export class Breaker {
  readonly #failures: number;
  readonly #openFor: number;
  readonly #now: () => number;
  #failed = 0;
  #nextTry = 0;

  constructor({ failures, openFor, now = () => performance.now() }: BreakerOptions) {
    this.#failures = failures;
    this.#openFor = openFor;
    this.#now = now;
  }

  /** Whether the caller may make its call now. Then it reports how the call ended. */
  mayCall(): boolean {
    if (this.#failed < this.#failures) return true;
    if (this.#now() < this.#nextTry) return false;
    this.#nextTry = this.#now() + this.#openFor; // nobody else tries until this call has ended
    return true;
  }

  succeeded(): void {
    this.#failed = 0;
  }

  failed(): void {
    this.#failed++;
    this.#nextTry = this.#now() + this.#openFor;
  }
}
