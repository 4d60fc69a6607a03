import { type Formats, formatsOf } from "../locale.ts";
import { usePage } from "../page.tsx";
import { componentText } from "./component_text.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  { unit: "day", milliseconds: DAY },
  { unit: "hour", milliseconds: HOUR },
  { unit: "minute", milliseconds: MINUTE },
] as const;
const LONGEST_RELATIVE = 7 * DAY;

/**
 * How long ago a time was, as short as in a table: "Just now", "2 min", "3 h", "Yesterday", "Nov 24", and the year once it is
 * another. The title has the full time.
 */
export function Time({ at, now }: { at: Date; now: Date }) {
  return <Moment at={at}>{shortAge(at, now, useFormats(), componentText.use().justNow)}</Moment>;
}

/** The day of a time: "Dec 23, 2026", or with `long`, for sentences, "December 23, 2026". */
export function Day({ at, long = false }: { at: Date; long?: boolean }) {
  const { day, longDay } = useFormats();
  return <Moment at={at}>{(long ? longDay : day).format(at)}</Moment>;
}

/** The time of day: "14:32 UTC". */
export function Clock({ at }: { at: Date }) {
  return <Moment at={at}>{`${useFormats().clock.format(at)} UTC`}</Moment>;
}

/** A time of the last weeks to the second: "Dec 23, 09:00:12". The title names its time zone, UTC. */
export function LogTime({ at }: { at: Date }) {
  return <Moment at={at}>{useFormats().shortSecond.format(at)}</Moment>;
}

/** A time to the second, "Dec 23, 2026, 09:00:12 UTC", and below it the distance from `now`. */
export function Instant({ at, now }: { at: Date; now: Date }) {
  const formats = useFormats();
  return (
    <>
      <Moment at={at}>{`${formats.second.format(at)} UTC`}</Moment>
      <span class="block text-sm text-muted @max-md:text-end">
        {relative(at, now, formats) ?? componentText.use().justNow}
      </span>
    </>
  );
}

function useFormats(): Formats {
  return formatsOf(usePage().locale);
}

function Moment({ at, children }: { at: Date; children?: string }) {
  const moment = at.toISOString();
  return (
    <time datetime={moment} title={`${moment.slice(0, 16).replace("T", " ")} UTC`} dir="auto">
      {children}
    </time>
  );
}

function shortAge(at: Date, now: Date, formats: Formats, justNow: string): string {
  const age = now.getTime() - at.getTime();
  if (age < MINUTE) return justNow;
  if (age < HOUR) return formats.minutes.format(Math.trunc(age / MINUTE));
  if (age < DAY) return formats.hours.format(Math.trunc(age / HOUR));
  if (age < 2 * DAY) return capitalized(formats.relative.format(-1, "day"));
  return at.getUTCFullYear() === now.getUTCFullYear() ? formats.shortDay.format(at) : formats.day.format(at);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function relative(at: Date, now: Date, formats: Formats): string | undefined {
  const distance = at.getTime() - now.getTime();
  if (Math.abs(distance) > LONGEST_RELATIVE) return formats.day.format(at);
  const step = STEPS.find(({ milliseconds }) => Math.abs(distance) >= milliseconds);
  return step && formats.relative.format(Math.trunc(distance / step.milliseconds), step.unit);
}
