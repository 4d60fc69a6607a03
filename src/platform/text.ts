import { domainToASCII } from "node:url";
import { z } from "zod";

/** Control characters, line breaks of Unicode, and marks that turn the direction of what follows. */
const UNFIT_FOR_A_LINE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/u;
const ALL_UNFIT_FOR_A_LINE = new RegExp(UNFIT_FOR_A_LINE, "gu");
// deno-lint-ignore no-control-regex -- control characters but tab and line feed are what it looks for
const CONTROL_BUT_LINES = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

const MAX_EMAIL_LENGTH = 254; // RFC 5321 section 4.5.3.1.3

/** A name or title: one line of 1 to `max` characters, trimmed. What `oneLine` would take out is refused. */
export function singleLine(max: number) {
  return z.string().trim().min(1, "Enter a value.").max(max, `Use ${max} characters at most.`)
    .refine(
      (text) => !UNFIT_FOR_A_LINE.test(text) && text.isWellFormed(),
      "Use printable characters on one line.",
    );
}

/** Text on one line, without control characters and marks that turn its direction. */
export function oneLine(text: string): string {
  return text.toWellFormed().replaceAll(ALL_UNFIT_FOR_A_LINE, " ").trim();
}

/** A longer text of 0 to `max` characters, trimmed; lines are separated by LF. */
export function multiLine(max: number) {
  return z.string().transform((text) => text.replaceAll("\r\n", "\n").trim()).pipe(
    z.string().max(max, `Use ${max} characters at most.`)
      .refine((text) => !CONTROL_BUT_LINES.test(text) && text.isWellFormed(), "Use printable characters."),
  );
}

/** What `<input type=email>` takes: https://html.spec.whatwg.org/#valid-e-mail-address. */
const EMAIL_ADDRESS =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
const NON_ASCII = /[^\p{ASCII}]/u;

/** An email address that a browser takes, as `normalizeEmailAddress` writes it. */
export const emailAddress = z.string().overwrite(normalizeEmailAddress)
  .max(MAX_EMAIL_LENGTH, "This address is too long.")
  .refine((text) => !NON_ASCII.test(localPart(text)), {
    error: "Use an address with only the letters a to z, digits and symbols before the @.",
    abort: true,
  })
  .regex(EMAIL_ADDRESS, "Enter an email address such as ada@example.com.");

/**
 * One spelling for each address: trimmed, in lower case, and with an internationalized domain in punycode. Text that is no
 * address comes back as it is, or as something that `emailAddress` refuses.
 */
export function normalizeEmailAddress(text: string): string {
  const trimmed = text.trim();
  const local = localPart(trimmed);
  const domain = trimmed.slice(local.length + 1);
  // Other letters stay as they are: in lower case the Kelvin sign is the "k" of somebody else's address.
  if (NON_ASCII.test(local)) return trimmed;
  if (domain === "") return trimmed.toLowerCase();
  return `${local.toLowerCase()}@${NON_ASCII.test(domain) ? domainToASCII(domain) : domain.toLowerCase()}`;
}

/** What stands before the last "@". */
function localPart(address: string): string {
  const at = address.lastIndexOf("@");
  return at < 0 ? address : address.slice(0, at);
}
