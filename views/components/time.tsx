import { type Formats, formatsOf } from "../locale.ts";
import { usePage } from "../page.tsx";

const SECOND = 1_000;
const STEPS = [
  { unit: "day", milliseconds: 86_400 * SECOND },
  { unit: "hour", milliseconds: 3_600 * SECOND },
  { unit: "minute", milliseconds: 60 * SECOND },
] as const;
const LONGEST_RELATIVE = 7 * 86_400 * SECOND;

/** A time relative to `now`, such as "3 hours ago", or its day if it is more than a week away. The title has the full time. */
export function Time({ at, now }: { at: Date; now: Date }) {
  return <Moment at={at}>{relative(at, now, useFormats())}</Moment>;
}

/** The day of a time: "Dec 23, 2026", or with `long`, for sentences, "December 23, 2026". */
export function Day({ at, long = false }: { at: Date; long?: boolean }) {
  const { day, longDay } = useFormats();
  return <Moment at={at}>{(long ? longDay : day).format(at)}</Moment>;
}

/** A time to the second, "Dec 23, 2026, 09:00:12 UTC", and below it the distance from `now`. */
export function Instant({ at, now }: { at: Date; now: Date }) {
  const formats = useFormats();
  return (
    <>
      <Moment at={at}>{`${formats.second.format(at)} UTC`}</Moment>
      <span class="block text-sm text-muted @max-md:text-right">{relative(at, now, formats)}</span>
    </>
  );
}

function useFormats(): Formats {
  return formatsOf(usePage().locale);
}

function Moment({ at, children }: { at: Date; children?: string }) {
  const moment = at.toISOString();
  return <time datetime={moment} title={`${moment.slice(0, 16).replace("T", " ")} UTC`}>{children}</time>;
}

function relative(at: Date, now: Date, formats: Formats): string {
  const distance = at.getTime() - now.getTime();
  if (Math.abs(distance) > LONGEST_RELATIVE) return formats.day.format(at);
  const step = STEPS.find(({ milliseconds }) => Math.abs(distance) >= milliseconds);
  return step ? formats.relative.format(Math.trunc(distance / step.milliseconds), step.unit) : "just now";
}
