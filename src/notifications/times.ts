import { after, HOUR, MINUTE } from "../platform/clock.ts";

const DAY_MINUTES = 24 * 60;
const DIGEST_MINUTE = 8 * 60;

/** When a person wants to be told. Minutes count from midnight in their time zone; null means no quiet hours. */
export type NotificationTimes = {
  timeZone: string;
  quiet: { from: number; until: number } | null;
  /** One email a day, in the morning, has all notifications. */
  isDigest: boolean;
};

export const DEFAULT_TIMES: NotificationTimes = { timeZone: "UTC", quiet: null, isDigest: false };

/** When someone may be told at `now`: immediately, or at the end of their quiet hours. */
export function endOfQuiet({ timeZone, quiet }: NotificationTimes, now: Date): Date {
  if (!quiet || quiet.from === quiet.until) return now;
  const minute = minuteIn(timeZone, now);
  const isQuiet = quiet.from < quiet.until
    ? minute >= quiet.from && minute < quiet.until
    : minute >= quiet.from || minute < quiet.until;
  return isQuiet ? next(timeZone, now, quiet.until) : now;
}

/** The next morning after `now`, in the person's time zone. */
export function nextDigest({ timeZone }: NotificationTimes, now: Date): Date {
  return next(timeZone, now, DIGEST_MINUTE);
}

/** The next full hour after `now`. */
export function nextHour(now: Date): Date {
  return after(now, HOUR - now.getTime() % HOUR);
}

/** The next time after `now` at which it is `minute` of the day in the time zone, whether clocks are changed before it or not. */
function next(timeZone: string, now: Date, minute: number): Date {
  const start = after(now, -(now.getTime() % MINUTE));
  const wait = (minute - minuteIn(timeZone, start) + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  const found = after(start, wait * MINUTE);
  const late = (minuteIn(timeZone, found) - minute + DAY_MINUTES) % DAY_MINUTES;
  const correction = late > DAY_MINUTES / 2 ? DAY_MINUTES - late : -late;
  const corrected = after(found, correction * MINUTE);
  return corrected > now ? corrected : found;
}

function minuteIn(timeZone: string, at: Date): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hour: "numeric",
    minute: "numeric",
    hourCycle: "h23",
  }).formatToParts(at);
  const [hour, minute] = ["hour", "minute"].map((type) =>
    Number(parts.find((part) => part.type === type)?.value)
  );
  return hour! * 60 + minute!;
}
