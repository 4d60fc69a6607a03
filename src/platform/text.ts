import { z } from "zod";

// deno-lint-ignore no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
// deno-lint-ignore no-control-regex -- the same, but for tab and line feed
const CONTROL_BUT_LINES = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

const MAX_EMAIL_LENGTH = 254; // RFC 5321 section 4.5.3.1.3

/** A name or title: one line of 1 to `max` characters, trimmed. Control characters, so also CR and LF, are refused. */
export function singleLine(max: number) {
  return z.string().trim().min(1, "Enter a value.").max(max, `Use ${max} characters at most.`)
    .refine((text) => !CONTROL.test(text) && text.isWellFormed(), "Use printable characters on one line.");
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
