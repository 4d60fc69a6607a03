import type { Dispatch } from "../runner/dispatching.ts";

export type EngineName = "kv" | "postgres";

/** Called with each dispatch. Returns immediately: from then on, the lease in the outbox counts. */
export type OnDispatch = (dispatch: Dispatch) => void;

/**
 * Carries dispatches from the process that dispatches jobs to one that runs them. It may lose a dispatch, or deliver it twice
 * or late: the outbox decides which jobs start.
 */
export type Engine = {
  readonly name: EngineName;
  /** Whether it delivers dispatches to this process. */
  readonly isListening: boolean;
  /** Starts delivering dispatches to this process. */
  listen(onDispatch: OnDispatch): Promise<void>;
  dispatch(dispatches: Dispatch[]): Promise<void>;
  /** Stops delivering. Jobs that were delivered go on. */
  stop(): Promise<void>;
  close(): Promise<void>;
};
