/** Thrown by a job that no retry can help. The job fails permanently. */
export class PermanentFailure extends Error {
  override name = "PermanentFailure";
}

/** Thrown by a job that knows when to retry. Counts as an attempt. */
export class RetryLater extends Error {
  override name = "RetryLater";
  /** Milliseconds. */
  readonly delay: number;

  constructor(message: string, delay: number) {
    super(message);
    this.delay = delay;
  }
}
