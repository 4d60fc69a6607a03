import type { NamedAddress } from "../../platform/named_address.ts";
import { oneLine } from "../../platform/text.ts";
import type { OutgoingEmail } from "./transport.ts";

const NOT_OF_AN_ADDRESS = /[\s<>,;:"()[\]\\]+/g;
const HEADER_NAME = /^[A-Za-z][A-Za-z0-9-]*$/;

/** Headers made from the email's other fields, and those that would redirect it. */
const OWN_HEADERS =
  /^(from|sender|to|cc|bcc|reply-to|subject|date|message-id|mime-version|return-path|received|dkim-signature|content-.*|resent-.*)$/i;

/**
 * The email without anything that could end a header and start another: control characters, such as CR and LF, are removed from
 * names, addresses, the subject and headers. Every transport sends only this.
 */
export function cleanEmail(email: OutgoingEmail): OutgoingEmail {
  return {
    ...email,
    to: cleanAddress(email.to),
    from: cleanAddress(email.from),
    ...(email.replyTo ? { replyTo: cleanAddress(email.replyTo) } : {}),
    ...(email.returnPath ? { returnPath: plainAddress(email.returnPath) } : {}),
    subject: oneLine(email.subject),
    headers: Object.fromEntries(
      Object.entries(email.headers).filter(([name]) => HEADER_NAME.test(name) && !OWN_HEADERS.test(name))
        .map(([name, value]) => [name, oneLine(value)]),
    ),
  };
}

function cleanAddress({ name, address }: NamedAddress): NamedAddress {
  return { name: oneLine(name), address: plainAddress(address) };
}

function plainAddress(address: string): string {
  return oneLine(address).replaceAll(NOT_OF_AN_ADDRESS, "");
}
