import type { Hand } from "../runner/ledger.ts";

export type EngineName = "kv" | "postgres";

/** Called with what was handed over, and returns at once: from there on the lease in the outbox counts. */
export type TakeHand = (hand: Hand) => void;

/**
 * What carries jobs from the process that dispatches them to one that runs them. It may lose a hand, or bring it twice or
 * late: the ledger decides what is begun.
 */
export type Engine = {
  readonly name: EngineName;
  /** Whether it brings hands to this process. */
  readonly isListening: boolean;
  /** Starts bringing hands to this process. */
  listen(take: TakeHand): Promise<void>;
  hand(hands: Hand[]): Promise<void>;
  /** Brings no more hands; those that were brought go on. */
  stop(): Promise<void>;
  close(): Promise<void>;
};
