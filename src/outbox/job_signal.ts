/**
 * Tells whoever runs jobs, in this process or another, that there are new ones: as soon as the transaction that put them
 * into the outbox has committed. Without it they would wait for the next look into the outbox.
 */
export class JobSignal {
  readonly #withJobs = new WeakSet<object>();
  #listener: (() => void) | undefined;

  /** Calls `listener` from now on. One process has one at most: its worker, or what tells other processes. */
  listen(listener: () => void): void {
    this.#listener = listener;
  }

  stopListening(): void {
    this.#listener = undefined;
  }

  /** Remembers that a transaction put a job into the outbox. */
  note(tx: object): void {
    this.#withJobs.add(tx);
  }

  /** To be called after the commit of every transaction. */
  committed(tx: object): void {
    if (this.#withJobs.has(tx)) this.wake();
  }

  wake(): void {
    this.#listener?.();
  }
}
