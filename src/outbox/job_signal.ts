/**
 * Signals new jobs as soon as the transaction that enqueued them commits. The listener wakes this process's worker or notifies
 * other processes. Without a signal, jobs wait for the next poll of the outbox.
 */
export class JobSignal {
  readonly #withJobs = new WeakSet<object>();
  #listener: (() => void) | undefined;

  /** Calls `listener` from now on. A process has at most one. */
  listen(listener: () => void): void {
    this.#listener = listener;
  }

  stopListening(): void {
    this.#listener = undefined;
  }

  /** Signals new jobs when this transaction commits. */
  signalAfterCommit(tx: object): void {
    this.#withJobs.add(tx);
  }

  /** Call this after every commit. */
  committed(tx: object): void {
    if (this.#withJobs.has(tx)) this.wake();
  }

  wake(): void {
    this.#listener?.();
  }
}
