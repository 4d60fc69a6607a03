/** Thrown by a job that can't succeed at any later attempt: it fails at once. */
export class PermanentFailure extends Error {
  override name = "PermanentFailure";
}

/** Thrown by a job that knows when to try again. Counts as an attempt. */
export class RetryLater extends Error {
  override name = "RetryLater";
  /** Milliseconds. */
  readonly delay: number;

  constructor(message: string, delay: number) {
    super(message);
    this.delay = delay;
  }
}
