import { z } from "zod";
import { invalid } from "../errors.ts";
import { type Problem, problem } from "../platform/problem.ts";

const HEADER_NAME_INVALID = problem("webhook_header_name_invalid", "{name} isn't a valid header name.");
const HEADER_VALUE_INVALID = problem(
  "webhook_header_value_invalid",
  "The value of {name} has characters that a header can't have.",
);
const HEADER_RESERVED = problem("webhook_header_reserved", "{name} can't be changed.");
const HEADER_TOO_LONG = problem(
  "webhook_header_too_long",
  "Shorten {name}: its value can have {maximum} characters.",
);
const TOO_MANY_HEADERS = problem("webhook_headers_too_many", "Use {maximum} headers at most.");

const HEADER_LINE_INVALID = problem(
  "webhook_header_line_invalid",
  "Write each header as “Name: value” on its own line.",
);

const MAX_HEADERS = 20;
const MAX_NAME_LENGTH = 100;
const MAX_VALUE_LENGTH = 1_000;

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Visible ASCII, with spaces inside. */
const VALUE = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/;
/** What the request itself needs. */
const RESERVED =
  /^(webhook-.*|host|content-(type|length|encoding)|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|proxy-.*|user-agent)$/i;

/** Additional headers of an endpoint's requests, by name. */
export const requestHeaders = z.record(
  z.string().max(MAX_NAME_LENGTH),
  z.string().max(MAX_VALUE_LENGTH),
).meta({ maxProperties: MAX_HEADERS, propertyNames: { maxLength: MAX_NAME_LENGTH, pattern: TOKEN.source } });
export type RequestHeaders = z.output<typeof requestHeaders>;

/** What is wrong with the headers, or null. */
export function headerProblem(headers: RequestHeaders): Problem | null {
  const entries = Object.entries(headers);
  if (entries.length > MAX_HEADERS) return TOO_MANY_HEADERS.with({ maximum: MAX_HEADERS });
  for (const [name, value] of entries) {
    if (!TOKEN.test(name)) return HEADER_NAME_INVALID.with({ name: `“${name}”` });
    if (RESERVED.test(name)) return HEADER_RESERVED.with({ name });
    if (name.length > MAX_NAME_LENGTH || value.length > MAX_VALUE_LENGTH) {
      return HEADER_TOO_LONG.with({ name: `“${name.slice(0, MAX_NAME_LENGTH)}”`, maximum: MAX_VALUE_LENGTH });
    }
    if (!VALUE.test(value)) return HEADER_VALUE_INVALID.with({ name });
  }
  return null;
}

/** Headers as people write them, one a line: `Name: value`. Throws `invalid` on `headers`. */
export function parseHeaderLines(text: string): RequestHeaders {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  return Object.fromEntries(lines.map((line) => {
    const [, name, value] = /^([^:]+):\s*(.+)$/.exec(line) ?? [];
    if (!name || !value) throw invalid({ headers: HEADER_LINE_INVALID });
    return [name.trim(), value];
  }));
}
