import type { NamedAddress } from "../../platform/named_address.ts";

/** An email to one person, ready to be sent. */
export type OutgoingEmail = {
  /** The id of the job that sends it. It becomes the Message-ID, so a second attempt is the same email. */
  id: string;
  to: NamedAddress;
  from: NamedAddress;
  replyTo?: NamedAddress;
  subject: string;
  html: string;
  text: string;
  /** Such as `List-Unsubscribe`. Headers made from the other fields are ignored. */
  headers: Record<string, string>;
  tenantId: string | null;
  /** The name of its declaration, such as `invitation`. */
  message: string;
  /** The name of its category. Null if the reader can't turn it off. */
  category: string | null;
};

/** How sending ended. What goes wrong outside is one of these, never an exception. */
export type SendOutcome =
  | { status: "accepted"; providerId: string | null }
  /** Permanently. `recipient`: because of the address, which must get no more email. */
  | { status: "refused"; recipient: boolean; reason: string }
  /** Temporarily: the network, a busy server, a limit, or credentials that the operator has to fix. */
  | { status: "deferred"; reason: string };

/** Sends emails. */
export interface EmailTransport {
  readonly name: string;
  send(email: OutgoingEmail): Promise<SendOutcome>;
  /** Throws if emails can't be sent now. A success within the last minute counts. */
  check(): Promise<void>;
  close(): Promise<void>;
}
