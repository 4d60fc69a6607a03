import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { formatBytes, formatCount } from "../count.ts";
import type { ChartUnit } from "./chart.ts";

/** Formats a value: "1,284" or "4.2 MB". */
export function useChartFormat(unit: ChartUnit = "count"): (value: number) => string {
  const { locale } = usePage();
  return (value) => unit === "bytes" ? formatBytes(value, locale) : formatCount(value, locale);
}

/** Formats a value on the axis: "20K" or "4.2 MB". */
export function useAxisFormat(unit: ChartUnit): (value: number) => string {
  const { locale } = usePage();
  const { compact } = formatsOf(locale);
  return (value) => unit === "bytes" ? formatBytes(value, locale) : compact.format(value);
}
