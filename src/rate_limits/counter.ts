/**
 * The number of parts of a window. What happens in a part counts until a whole window has passed after its end, so no window,
 * wherever it starts, contains more than the limit. A slot is free again after a sixtieth of a window more at the most.
 */
export const PARTS = 60;

/**
 * `take` counts `cost` if there is room for it. `look` finds out whether there is, and counts nothing. `give_back` uncounts what
 * was taken in `part`.
 */
export type Action = "take" | "look" | "give_back";

export type Request = {
  action: Action;
  key: string;
  limit: number;
  /** In milliseconds. */
  window: number;
  cost: number;
  /** For `give_back`: the part of time in which the cost was taken. */
  part?: number;
};

/** The state of a key after a request. */
export type Count = {
  hasRoom: boolean;
  /** How much counts right now. */
  used: number;
  part: number;
  /** Milliseconds until there is room for the request's cost. */
  roomAfter: number;
  /** Milliseconds until nothing counts any longer. */
  emptyAfter: number;
};

/** Where the counts are: in this process, or in a store that all processes share. */
export type Counter = {
  count(request: Request): Count | Promise<Count>;
  /** Throws if the counts can't be reached. */
  check(): void | Promise<void>;
  close(): void | Promise<void>;
};
