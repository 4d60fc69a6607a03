import { DEFAULT_LOCALE, formatsOf, LANGUAGE_TAGS, type Locale } from "../locale.ts";

type DateFormat = (at: Date, locale?: Locale) => string;

/** "December 24, 2026". All dates are in UTC. */
export const formatDay = dateFormat({ day: "numeric", month: "long", year: "numeric" });

/** "October 2026". */
export const formatMonth = dateFormat({ month: "long", year: "numeric" });

/** "October". */
export const formatMonthName = dateFormat({ month: "long" });

/** "Oct". */
export const formatShortMonth = dateFormat({ month: "short" });

const formatDayOfMonth = dateFormat({ day: "numeric", month: "long" });

/** "October 14", from "2026-10-14". */
export function formatIsoDay(day: string, locale?: Locale): string {
  return formatDayOfMonth(new Date(`${day}T00:00:00Z`), locale);
}

/** The first day of the previous month. */
export function monthBefore(month: Date): Date {
  return new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() - 1, 1));
}

/** "+12%", "−3%", "0%". Null if there is nothing to compare with. */
export function formatChange(
  value: number | null,
  previous: number | null,
  locale: Locale = DEFAULT_LOCALE,
): string | null {
  if (value === null || !previous) return null;
  const share = Math.round((value - previous) / Math.abs(previous) * 100) / 100;
  const sign = share > 0 ? "+" : share < 0 ? "−" : "";
  return `${sign}${formatsOf(locale).percent.format(Math.abs(share))}`;
}

function dateFormat(options: Intl.DateTimeFormatOptions): DateFormat {
  return (at, locale = DEFAULT_LOCALE) =>
    new Intl.DateTimeFormat(LANGUAGE_TAGS[locale], { ...options, timeZone: "UTC" }).format(at);
}
