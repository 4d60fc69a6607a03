import { formatIsoDay } from "../../components/day_label.ts";
import { usePage } from "../../page.tsx";

/** About how many days have a label below a chart. */
const LABELS = 5;

/** The first and the last day. */
export function useEnds(days: readonly { date: string }[]): [from: string, until: string] {
  const { locale } = usePage();
  return [formatIsoDay(days[0]!.date, locale), formatIsoDay(days.at(-1)!.date, locale)];
}

/** Makes a chart's points of days. */
export function useDayPoints<Day extends { date: string }>(days: readonly Day[]) {
  const { locale } = usePage();
  const step = Math.ceil(days.length / LABELS);
  return (valuesOf: (day: Day, index: number) => number[]) =>
    days.map((day, index) => ({
      label: formatIsoDay(day.date, locale),
      values: valuesOf(day, index),
      hasTick: index % step === 0,
    }));
}
