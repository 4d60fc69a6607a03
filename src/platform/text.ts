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

/** An email address, trimmed and in lower case. */
export const emailAddress = z.string().trim().toLowerCase().max(MAX_EMAIL_LENGTH, "This address is too long.")
  .pipe(z.email("Enter an email address such as ada@example.com."));
