const DAY = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});
const LONG_DAY = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});
const SECONDS = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "UTC",
});
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "long" });

const SECOND = 1_000;
const STEPS = [
  { unit: "day", milliseconds: 86_400 * SECOND },
  { unit: "hour", milliseconds: 3_600 * SECOND },
  { unit: "minute", milliseconds: 60 * SECOND },
] as const;
const LONGEST_RELATIVE = 7 * 86_400 * SECOND;

/** A moment as "3 hours ago" seen from `now`, as a date when it is more than a week away; the title has it in full. */
export function Time({ at, now }: { at: Date; now: Date }) {
  return <Moment at={at}>{relative(at, now)}</Moment>;
}

/** A moment as its day: "23 Dec 2026", or in a sentence, with `long`, "23 December 2026". */
export function Day({ at, long = false }: { at: Date; long?: boolean }) {
  return <Moment at={at}>{(long ? LONG_DAY : DAY).format(at)}</Moment>;
}

/** A moment to the second, "23 Dec 2026, 09:00:12 UTC", and below it how far that is from `now`. */
export function Instant({ at, now }: { at: Date; now: Date }) {
  return (
    <>
      <Moment at={at}>{`${SECONDS.format(at)} UTC`}</Moment>
      <span class="block text-sm text-muted @max-md:text-right">{relative(at, now)}</span>
    </>
  );
}

function Moment({ at, children }: { at: Date; children?: string }) {
  const moment = at.toISOString();
  return <time datetime={moment} title={`${moment.slice(0, 16).replace("T", " ")} UTC`}>{children}</time>;
}

function relative(at: Date, now: Date): string {
  const distance = at.getTime() - now.getTime();
  if (Math.abs(distance) > LONGEST_RELATIVE) return DAY.format(at);
  const step = STEPS.find(({ milliseconds }) => Math.abs(distance) >= milliseconds);
  return step ? RELATIVE.format(Math.trunc(distance / step.milliseconds), step.unit) : "just now";
}
