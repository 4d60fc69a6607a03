/** A text message to one phone, ready to be sent. `to` is in E.164, such as `+15550123456`. */
export type OutgoingText = { id: string; to: string; text: string };

/** How sending ended. What goes wrong outside is one of these, never an exception. */
export type TextOutcome =
  | { status: "accepted" }
  /** Permanently: the number can't get this message. */
  | { status: "refused"; reason: string }
  /** Temporarily: the network, a busy service, a limit, or credentials that the operator has to fix. */
  | { status: "deferred"; reason: string };

/** Sends text messages. */
export interface TextTransport {
  readonly name: string;
  send(message: OutgoingText): Promise<TextOutcome>;
}
