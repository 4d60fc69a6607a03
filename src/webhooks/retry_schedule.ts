import { DAY, HOUR, MINUTE, SECOND } from "../platform/clock.ts";

/** The pauses after each failed attempt, as Standard Webhooks recommends: ten attempts in about three days. */
const PAUSES = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
export const MAX_ATTEMPTS = PAUSES.length + 1;

const JITTER = 0.1;
const LONGEST_RETRY_AFTER = DAY;

/** The forms of a date (RFC 9110, section 5.6.7), because `Date.parse` accepts far more: the usual one, and two obsolete ones. */
const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const TIME = String.raw`\d{2}:\d{2}:\d{2}`;
const SHORT_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const LONG_DAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day";
const HTTP_DATE = new RegExp(
  String.raw`^(?:${SHORT_DAY}, \d{2} ${MONTH} \d{4}|${LONG_DAY}, \d{2}-${MONTH}-\d{2}) ${TIME} GMT$`,
);
/** Without a time zone, but in GMT. */
const ASCTIME_DATE = new RegExp(String.raw`^${SHORT_DAY} ${MONTH} (?:\d{2}| \d) ${TIME} \d{4}$`);

/**
 * Milliseconds from attempt number `attempt` (from 1), which failed at `now`, to the next. Null after the last one. Up to a tenth
 * longer than scheduled, so that deliveries that failed together don't all return together. A receiver's `Retry-After` can only
 * prolong the pause, up to a day.
 */
export function nextPause(
  attempt: number,
  { retryAfter, now, random = Math.random }: { retryAfter?: string; now: Date; random?: () => number },
): number | null {
  const pause = PAUSES[attempt - 1];
  if (pause === undefined) return null;
  const wanted = Math.min(readRetryAfter(retryAfter, now) ?? 0, LONGEST_RETRY_AFTER);
  return Math.round(Math.max(pause * (1 + JITTER * random()), wanted));
}

/** The pause that a `Retry-After` header asks for, in milliseconds (RFC 9110, section 10.2.3). Null if it is nonsense or past. */
export function readRetryAfter(header: string | undefined, now: Date): number | null {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) > 0 ? Number(text) * SECOND : null;
  const isAsctime = ASCTIME_DATE.test(text);
  if (!isAsctime && !HTTP_DATE.test(text)) return null;
  const pause = Date.parse(isAsctime ? `${text} GMT` : text) - now.getTime();
  return pause > 0 ? pause : null;
}
