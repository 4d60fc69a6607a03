/** Thrown by a handler where another attempt makes no sense: the job rests among the failed at once. */
export class GiveUp extends Error {
  override name = "GiveUp";
}

/** Thrown by a handler that knows when to come back. Counts as an attempt. */
export class TryLater extends Error {
  override name = "TryLater";
  /** Milliseconds. */
  readonly pause: number;

  constructor(message: string, pause: number) {
    super(message);
    this.pause = pause;
  }
}
