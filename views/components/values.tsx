import { formatsOf } from "../locale.ts";
import { usePage } from "../page.tsx";

/** An amount of money: "$1,450.00". */
export function Amount({ cents }: { cents: number }) {
  return <>{formatsOf(usePage().locale).amount.format(cents / 100)}</>;
}

/** A day without a time: `2026-12-23` as "Dec 23, 2026". */
export function CalendarDay({ day }: { day: string }) {
  return <time datetime={day}>{formatsOf(usePage().locale).day.format(new Date(day))}</time>;
}

/** A number: "1,284.5". */
export function Figure({ value }: { value: number }) {
  return <>{formatsOf(usePage().locale).count.format(value)}</>;
}
