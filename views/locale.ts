/** The languages that the pages speak. */
export const LOCALES = ["en"] as const;

export type Locale = typeof LOCALES[number];

export const DEFAULT_LOCALE: Locale = "en";

/** How a language writes days and numbers. */
export type Formats = {
  /** "23 Dec 2026". */
  day: Intl.DateTimeFormat;
  /** "23 December 2026". */
  longDay: Intl.DateTimeFormat;
  /** "23 Dec 2026, 09:00:12". */
  second: Intl.DateTimeFormat;
  /** "3 hours ago". */
  relative: Intl.RelativeTimeFormat;
  /** "1,284". */
  count: Intl.NumberFormat;
};

const FORMATS: Record<Locale, Formats> = { en: formatsFor("en-GB") };

export function formatsOf(locale: Locale): Formats {
  return FORMATS[locale];
}

function formatsFor(tag: string): Formats {
  const utc = { timeZone: "UTC" };
  return {
    day: new Intl.DateTimeFormat(tag, { ...utc, day: "numeric", month: "short", year: "numeric" }),
    longDay: new Intl.DateTimeFormat(tag, { ...utc, day: "numeric", month: "long", year: "numeric" }),
    second: new Intl.DateTimeFormat(tag, { ...utc, dateStyle: "medium", timeStyle: "medium" }),
    relative: new Intl.RelativeTimeFormat(tag, { numeric: "auto", style: "long" }),
    count: new Intl.NumberFormat(tag),
  };
}
