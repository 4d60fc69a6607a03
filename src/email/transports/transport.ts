import type { NamedAddress } from "../../platform/named_address.ts";
import type { MessageName } from "../messages.ts";

/** A mail on its way out, to one person. */
export type OutgoingEmail = {
  /** UUID of the job that sends it: its Message-ID, and what keeps a second try from sending it twice. */
  id: string;
  to: NamedAddress;
  from: NamedAddress;
  replyTo?: NamedAddress;
  subject: string;
  html: string;
  text: string;
  /** Such as `List-Unsubscribe`. Those that the other fields make are left out. */
  headers: Record<string, string>;
  tenantId: string | null;
  /** Its kind. */
  message: MessageName;
};

/** What became of a mail. What goes wrong outside is one of these, never an exception. */
export type SendOutcome =
  | { status: "accepted"; providerId: string | null }
  /** For good. `recipient`: because of the address, which must not be written to again. */
  | { status: "refused"; recipient: boolean; reason: string }
  /** For now: the network, a busy server, a limit, or credentials that the operator has to mend. */
  | { status: "deferred"; reason: string };

/** A way for mail to leave. */
export interface EmailTransport {
  readonly name: string;
  send(email: OutgoingEmail): Promise<SendOutcome>;
  /** Throws when mail can't leave now. What worked within the last minute isn't asked again. */
  check(): Promise<void>;
  close(): Promise<void>;
}
