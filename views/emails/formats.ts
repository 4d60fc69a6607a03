import { formatCount } from "../components/count.ts";

const DAY = dateFormat({ day: "numeric", month: "long", year: "numeric" });
const MONTH = dateFormat({ month: "long", year: "numeric" });
const MONTH_NAME = dateFormat({ month: "long" });
const SHORT_MONTH = dateFormat({ month: "short" });
const DAY_OF_MONTH = dateFormat({ day: "numeric", month: "long" });

const BYTE_UNITS = ["bytes", "KB", "MB", "GB", "TB"];
const BYTES_PER_UNIT = 1_000;

/** "December 24, 2026". All dates are in UTC. */
export const formatDay = (at: Date): string => DAY.format(at);

/** "October 2026". */
export const formatMonth = (month: Date): string => MONTH.format(month);

/** "October". */
export const formatMonthName = (month: Date): string => MONTH_NAME.format(month);

/** "Oct". */
export const formatShortMonth = (month: Date): string => SHORT_MONTH.format(month);

/** The first day of the previous month. */
export function monthBefore(month: Date): Date {
  return new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() - 1, 1));
}

/** "October 14", from "2026-10-14". */
export const formatIsoDay = (day: string): string => DAY_OF_MONTH.format(new Date(`${day}T00:00:00Z`));

/** "48.2 MB". */
export function formatBytes(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= BYTES_PER_UNIT && unit < BYTE_UNITS.length - 1) {
    size /= BYTES_PER_UNIT;
    unit += 1;
  }
  return `${size.toFixed(unit === 0 ? 0 : 1)} ${BYTE_UNITS[unit]}`;
}

/** "+12%", "−3%", "0%". Null if there is nothing to compare with. */
export function formatChange(value: number | null, previous: number | null): string | null {
  if (value === null || !previous) return null;
  const percent = Math.round((value - previous) / Math.abs(previous) * 100);
  const sign = percent > 0 ? "+" : percent < 0 ? "−" : "";
  return `${sign}${formatCount(Math.abs(percent))}%`;
}

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" });
}
