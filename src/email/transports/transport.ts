import type { NamedAddress } from "../../platform/named_address.ts";

/** Signs an email for a domain (RFC 6376). `privateKey` is PEM. */
export type DkimKey = { domain: string; selector: string; privateKey: string };

/** An email to one person, ready to be sent. */
export type OutgoingEmail = {
  /** The id of the job that sends it. It becomes the Message-ID, so a second attempt is the same email. */
  id: string;
  to: NamedAddress;
  from: NamedAddress;
  replyTo?: NamedAddress;
  /** Only if the transport signs. Without it, the mail server signs for the product's domain. */
  dkim?: DkimKey;
  /** The envelope's sender, which bounces go to. By default the address in From. */
  returnPath?: string;
  subject: string;
  html: string;
  text: string;
  /** Such as `List-Unsubscribe`. Headers made from the other fields are ignored. */
  headers: Record<string, string>;
  /** What a provider's notices about the email repeat, such as bounces. Letters, digits and hyphens. */
  tags?: Record<string, string>;
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
  /**
   * Temporarily: the network, a busy server, a limit, or credentials that the operator has to fix. `isUnsure`: the connection ended
   * before the server answered, so that the email may have left.
   */
  | { status: "deferred"; reason: string; isUnsure?: boolean };

/** Sends emails. */
export interface EmailTransport {
  readonly name: string;
  /** Whether it sends from any domain whose DKIM key the email carries. */
  readonly signs: boolean;
  send(email: OutgoingEmail): Promise<SendOutcome>;
  /** Throws if emails can't be sent now. A success within the last minute counts. */
  check(): Promise<void>;
  close(): Promise<void>;
}
