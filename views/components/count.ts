import { DEFAULT_LOCALE, formatsOf } from "../locale.ts";

/** Formats a count: "1,284". */
export function formatCount(count: number, locale = DEFAULT_LOCALE): string {
  return formatsOf(locale).count.format(count);
}
