import { DEFAULT_LOCALE, formatsOf } from "../locale.ts";

const SECOND_MILLISECONDS = 1_000;

/** Formats a count: "1,284". */
export function formatCount(count: number, locale = DEFAULT_LOCALE): string {
  return formatsOf(locale).count.format(count);
}

/** Formats a size: "48.2 MB". */
export function formatBytes(bytes: number, locale = DEFAULT_LOCALE): string {
  const units = formatsOf(locale).bytes;
  const power = Math.floor(Math.log10(Math.max(Math.abs(bytes), 1)) / 3);
  const index = Math.min(Math.max(power, 1), units.length) - 1;
  return units[index]!.format(bytes / 1_000 ** (index + 1));
}

/** Formats a duration: "12.5 ms", "1.25 sec". */
export function formatDuration(milliseconds: number, locale = DEFAULT_LOCALE): string {
  const formats = formatsOf(locale);
  if (milliseconds < SECOND_MILLISECONDS) return formats.milliseconds.format(milliseconds);
  return formats.seconds.format(milliseconds / SECOND_MILLISECONDS);
}

/** Formats a difference: "+3", "−3", "0". With `formatBytes`, "+1.2 MB". */
export function formatChange(change: number, format: (amount: number) => string): string {
  const sign = change > 0 ? "+" : change < 0 ? "−" : "";
  return `${sign}${format(Math.abs(change))}`;
}
