import type { Language } from "../src/platform/locales.ts";

/**
 * A language that nobody speaks: every text of a catalog is longer, accented and right-to-left. It shows what a translation
 * would break. Not in production.
 */
export const PSEUDO_LOCALE = "ar-XB";

export type Locale = Language | typeof PSEUDO_LOCALE;

/** The languages with catalogs of their own. */
export type Translated = Exclude<Language, "en">;

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
  /** "Dec 23, 09:00:12". */
  shortSecond: Intl.DateTimeFormat;
  /** "14:32". */
  clock: Intl.DateTimeFormat;
  /** "3 hours ago". */
  relative: Intl.RelativeTimeFormat;
  /** "1,284". */
  count: Intl.NumberFormat;
  /** "$29". */
  price: Intl.NumberFormat;
  /** "$29.00". */
  amount: Intl.NumberFormat;
  /** "20K". */
  compact: Intl.NumberFormat;
  /** "12%", from 0.12. */
  percent: Intl.NumberFormat;
  /** "0.4%", from 0.004. */
  rate: Intl.NumberFormat;
  /** "12.5 ms". */
  milliseconds: Intl.NumberFormat;
  /** "1.25 sec". */
  seconds: Intl.NumberFormat;
  /** Kilobytes, megabytes, gigabytes and terabytes: "4.2 MB". */
  bytes: readonly Intl.NumberFormat[];
};

/** The tag of each language's formats for dates and numbers. */
export const LANGUAGE_TAGS: Record<Locale, string> = { en: "en-US", [PSEUDO_LOCALE]: "en-US" };

const FORMATS: Record<Locale, Formats> = {
  en: formatsFor(LANGUAGE_TAGS.en),
  [PSEUDO_LOCALE]: formatsFor(LANGUAGE_TAGS[PSEUDO_LOCALE]),
};

/** A language's name in the language itself: "English". */
export function languageName(language: Language): string {
  return new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
}

export function directionOf(locale: Locale): "ltr" | "rtl" {
  return locale === PSEUDO_LOCALE ? "rtl" : "ltr";
}

export function formatsOf(locale: Locale): Formats {
  return FORMATS[locale];
}

function formatsFor(tag: string): Formats {
  const utc = { timeZone: "UTC" };
  const unitFormat = (unit: string) =>
    new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "short", maximumSignificantDigits: 3 });
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
    shortSecond: new Intl.DateTimeFormat(tag, {
      ...utc,
      ...{ day: "numeric", month: "short" },
      ...{ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
    }),
    clock: new Intl.DateTimeFormat(tag, { ...utc, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    relative: new Intl.RelativeTimeFormat(tag, { numeric: "auto", style: "long" }),
    count: new Intl.NumberFormat(tag),
    price: new Intl.NumberFormat(tag, {
      style: "currency",
      currency: "USD",
      trailingZeroDisplay: "stripIfInteger",
    }),
    amount: new Intl.NumberFormat(tag, { style: "currency", currency: "USD" }),
    compact: new Intl.NumberFormat(tag, { notation: "compact", maximumFractionDigits: 1 }),
    percent: new Intl.NumberFormat(tag, { style: "percent" }),
    rate: new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 1 }),
    milliseconds: unitFormat("millisecond"),
    seconds: unitFormat("second"),
    bytes: ["kilobyte", "megabyte", "gigabyte", "terabyte"].map(unitFormat),
  };
}
