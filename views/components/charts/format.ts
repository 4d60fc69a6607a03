import { formatsOf, type Locale } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { formatBytes, formatCount, formatDuration } from "../count.ts";
import type { ChartUnit } from "./chart.ts";

const FORMATS: Record<ChartUnit, (value: number, locale: Locale) => string> = {
  count: formatCount,
  bytes: formatBytes,
  milliseconds: formatDuration,
};

/** Formats a value: "1,284", "4.2 MB" or "12.5 ms". */
export function useChartFormat(unit: ChartUnit = "count"): (value: number) => string {
  const { locale } = usePage();
  return (value) => FORMATS[unit](value, locale);
}

/** Formats a value on the axis: "20K", "4.2 MB" or "12.5 ms". */
export function useAxisFormat(unit: ChartUnit): (value: number) => string {
  const { locale } = usePage();
  const { compact } = formatsOf(locale);
  return (value) => unit === "count" ? compact.format(value) : FORMATS[unit](value, locale);
}
