/** The languages that the pages support. */
export const LOCALES = ["en"] as const;

export type Locale = typeof LOCALES[number];

export const DEFAULT_LOCALE: Locale = "en";

/** A language's formats for dates and numbers. */
export type Formats = {
  /** "Dec 23, 2026". */
  day: Intl.DateTimeFormat;
  /** "Dec 23". */
  shortDay: Intl.DateTimeFormat;
  /** "2 min". */
  minutes: Intl.NumberFormat;
  /** "3 hr". */
  hours: Intl.NumberFormat;
  /** "December 23, 2026". */
  longDay: Intl.DateTimeFormat;
  /** "Dec 23, 2026, 09:00:12". */
  second: Intl.DateTimeFormat;
  /** "3 hours ago". */
  relative: Intl.RelativeTimeFormat;
  /** "1,284". */
  count: Intl.NumberFormat;
};

const FORMATS: Record<Locale, Formats> = { en: formatsFor("en-US") };

export function formatsOf(locale: Locale): Formats {
  return FORMATS[locale];
}

function formatsFor(tag: string): Formats {
  const utc = { timeZone: "UTC" };
  return {
    day: new Intl.DateTimeFormat(tag, { ...utc, day: "numeric", month: "short", year: "numeric" }),
    shortDay: new Intl.DateTimeFormat(tag, { ...utc, day: "numeric", month: "short" }),
    minutes: new Intl.NumberFormat(tag, { style: "unit", unit: "minute", unitDisplay: "short" }),
    hours: new Intl.NumberFormat(tag, { style: "unit", unit: "hour", unitDisplay: "short" }),
    longDay: new Intl.DateTimeFormat(tag, { ...utc, day: "numeric", month: "long", year: "numeric" }),
    second: new Intl.DateTimeFormat(tag, {
      ...utc,
      dateStyle: "medium",
      timeStyle: "medium",
      hourCycle: "h23",
    }),
    relative: new Intl.RelativeTimeFormat(tag, { numeric: "auto", style: "long" }),
    count: new Intl.NumberFormat(tag),
  };
}
