import { DEFAULT_LOCALE, formatsOf } from "../locale.ts";

/** Formatting a day takes long enough to notice when a chart has dozens of them, and pages show the same days again and again. */
const MAX_REMEMBERED = 2_000;
const remembered = new Map<string, string>();

/** Formats a day, `2026-11-28`, without its year: "Nov 28". */
export function formatIsoDay(day: string, locale = DEFAULT_LOCALE): string {
  const key = `${locale} ${day}`;
  const known = remembered.get(key);
  if (known) return known;
  const label = formatsOf(locale).shortDay.format(new Date(day));
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(key, label);
  return label;
}
