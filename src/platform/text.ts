import { domainToASCII } from "node:url";
import { z } from "zod";
import { type Problem, problem } from "./problem.ts";

export const TEXT_TOO_LONG = problem("text_too_long", "Use {maximum} characters at most.");
const NOT_ONE_LINE = problem("text_not_one_line", "Use printable characters on one line.");
const NOT_PRINTABLE = problem("text_not_printable", "Use printable characters.");
const EMAIL_MISSING = problem("email_missing", "Enter an email address.");
const EMAIL_TOO_LONG = problem("email_too_long", "This address is too long.");
const EMAIL_NOT_ASCII = problem(
  "email_not_ascii",
  "Use an address with only the letters a to z, digits and symbols before the @.",
);
const EMAIL_INVALID = problem("email_invalid", "Enter a full email address, like ada@company.com.");

/** Control characters, Unicode line breaks, and marks that change the text direction. */
const UNFIT_FOR_A_LINE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/u;
const ALL_UNFIT_FOR_A_LINE = new RegExp(UNFIT_FOR_A_LINE, "gu");
// deno-lint-ignore no-control-regex -- matches control characters other than tab and line feed
const CONTROL_BUT_LINES = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

/** Invisible characters: spaces, joiners, fillers, other ignorable marks, and the empty Braille pattern. */
const INVISIBLE = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]$/u;
/** Variation selectors and tags can end an emoji, such as a heart or the flag of Wales. */
const ENDS_AN_EMOJI = /^[\ufe00-\ufe0f\u{e0020}-\u{e007f}\u{e0100}-\u{e01ef}]$/u;
const VISIBLE = /[[\p{L}\p{N}\p{P}\p{S}]--\p{Default_Ignorable_Code_Point}--\u2800]/v;

/** NFC shortens a text by a factor of at most 4. Longer text isn't normalized, because that takes quadratic time. */
const MAX_NFC_FACTOR = 4;

const MAX_EMAIL_LENGTH = 254; // RFC 5321 section 4.5.3.1.3

/**
 * A name or title: one trimmed line of 1 to `max` characters in NFC, at least one of them visible. `missing` is the problem if
 * there is none. Refuses the characters that `oneLine` would remove.
 */
export function singleLine(max: number, missing: Problem) {
  return z.string({ error: ({ input }) => input === undefined ? missing.code : undefined })
    .overwrite((text) => composed(text, max, trimInvisible))
    .min(1, { error: missing.code, abort: true })
    .refine(isVisible, { error: missing.code, abort: true })
    .max(max, TEXT_TOO_LONG.code)
    .refine(
      (text) => !UNFIT_FOR_A_LINE.test(text) && text.isWellFormed(),
      NOT_ONE_LINE.code,
    );
}

/** One trimmed line of up to `max` characters in NFC, which may be empty. */
export function optionalLine(max: number) {
  return z.string().overwrite((text) => composed(text, max, trimInvisible)).max(max, TEXT_TOO_LONG.code)
    .refine((text) => !UNFIT_FOR_A_LINE.test(text) && text.isWellFormed(), NOT_ONE_LINE.code);
}

/** A search term for texts that `singleLine` or `multiLine` accepted: up to `max` characters in NFC, trimmed. */
export function searchTerm(max: number) {
  return z.string().overwrite((text) => composed(text, max, (text) => text.trim()))
    .max(max, TEXT_TOO_LONG.code)
    .refine((text) => !text.includes("\0"), NOT_PRINTABLE.code);
}

/** Puts text on one line, without control characters and marks that change the direction. */
export function oneLine(text: string): string {
  return text.toWellFormed().replaceAll(ALL_UNFIT_FOR_A_LINE, " ").trim();
}

/** Trimmed text of up to `max` characters in NFC. LF separates lines. */
export function multiLine(max: number) {
  const tidy = (text: string) => text.replaceAll("\r\n", "\n").trim();
  return z.string().overwrite((text) => composed(text, max, tidy)).max(max, TEXT_TOO_LONG.code)
    .refine((text) => !CONTROL_BUT_LINES.test(text) && text.isWellFormed(), NOT_PRINTABLE.code);
}

/** Whether a text has a visible character. */
export function isVisible(text: string): boolean {
  return VISIBLE.test(text);
}

function composed(text: string, max: number, tidy: (text: string) => string): string {
  return text.length > max * MAX_NFC_FACTOR ? text : tidy(text.normalize("NFC"));
}

/** Removes invisible characters at both ends. Those inside stay, because emoji and some scripts need them. */
function trimInvisible(text: string): string {
  const characters = [...text];
  const start = characters.findIndex((character) => !INVISIBLE.test(character));
  if (start === -1) return "";
  const end = characters.findLastIndex((character) =>
    !INVISIBLE.test(character) || ENDS_AN_EMOJI.test(character)
  );
  return characters.slice(start, end + 1).join("");
}

/** The same rule as `<input type=email>`: https://html.spec.whatwg.org/#valid-e-mail-address. */
const EMAIL_ADDRESS =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
const NON_ASCII = /[^\p{ASCII}]/u;

/** An email address that browsers accept, normalized by `normalizeEmailAddress`. Senders needn't normalize it, so no pattern describes it. */
export const emailAddress = z.string().overwrite(normalizeEmailAddress)
  .min(1, { error: EMAIL_MISSING.code, abort: true })
  .max(MAX_EMAIL_LENGTH, EMAIL_TOO_LONG.code)
  .refine((text) => !NON_ASCII.test(localPart(text)), {
    error: EMAIL_NOT_ASCII.code,
    abort: true,
  })
  .refine((text) => EMAIL_ADDRESS.test(text), EMAIL_INVALID.code)
  .meta({ format: "email" });

/**
 * Normalizes an address: trimmed, in lowercase, and with an internationalized domain in punycode. Text that is not an
 * address stays as it is, or becomes text that `emailAddress` refuses.
 */
export function normalizeEmailAddress(text: string): string {
  const trimmed = text.trim();
  const local = localPart(trimmed);
  const domain = trimmed.slice(local.length + 1);
  // Doesn't lowercase non-ASCII letters: the Kelvin sign would become the "k" of someone else's address.
  if (NON_ASCII.test(local)) return trimmed;
  if (domain === "") return trimmed.toLowerCase();
  return `${local.toLowerCase()}@${NON_ASCII.test(domain) ? domainToASCII(domain) : domain.toLowerCase()}`;
}

/** The part before the last "@". */
function localPart(address: string): string {
  const at = address.lastIndexOf("@");
  return at < 0 ? address : address.slice(0, at);
}
