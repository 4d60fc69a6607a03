import { z } from "zod";
import type { TenantContext } from "../../context.ts";
import { invalid } from "../../errors.ts";
import { DAY } from "../../platform/clock.ts";
import { problem } from "../../platform/problem.ts";
import { dayIn, startOfDayIn } from "../../tenancy/time_zones.ts";
import { oldestKeptEvent } from "../track/retention.ts";
import { addDays, daysBetween, startOfDay } from "../days.ts";

const DAY_INVALID = problem("report_day_invalid", "Use a day such as 2026-11-01.");
const RANGE_BACKWARDS = problem("report_range_backwards", "The end is before the start.");
const RANGE_TOO_LONG = problem("report_range_too_long", "A report covers {maximum} days at most.");

export const MAX_REPORT_DAYS = 366;
const DEFAULT_DAYS = 30;
/** Days around these years can't be computed with everywhere. */
const [FIRST_YEAR, YEAR_AFTER_LAST] = ["2000", "2100"];

/** A day, or a moment, which stands for its day in the tenant's time zone. */
const day = z.union([z.iso.date(), z.iso.datetime({ offset: true })], DAY_INVALID.code)
  .refine((text) => text >= FIRST_YEAR && text < YEAR_AFTER_LAST, DAY_INVALID.code);

/** The days of a report, both included. By default the last 30, or the 30 until `end`. */
export const dateRange = z.object({
  start: day.optional().describe("The first day, such as 2026-03-01"),
  end: day.optional().describe("The last day, which is included. By default, today."),
});

/** Days (YYYY-MM-DD) in the tenant's time zone, both included. */
export type DateRange = { start: string; end: string };

/** The range that was asked for. Throws `invalid` if it is backwards or too long. */
export function rangeOf(
  ctx: TenantContext,
  { start, end }: z.output<typeof dateRange>,
  defaultDays = DEFAULT_DAYS,
): DateRange {
  const { timeZones } = ctx.tenant;
  const toDay = (text: string) => text.length > "2026-11-28".length ? dayIn(timeZones, new Date(text)) : text;
  const last = end ? toDay(end) : dayIn(timeZones, ctx.services.clock.now());
  const range = { start: start ? toDay(start) : addDays(last, 1 - defaultDays), end: last };
  if (range.end < range.start) throw invalid({ end: RANGE_BACKWARDS });
  if (lengthOf(range) > MAX_REPORT_DAYS) {
    throw invalid({ start: RANGE_TOO_LONG.with({ maximum: MAX_REPORT_DAYS }) });
  }
  return range;
}

/** The moments from which and before which the range has events that the plan keeps. */
export function momentsOf(ctx: TenantContext, { start, end }: DateRange): { start: Date; end: Date } {
  const { timeZones } = ctx.tenant;
  const [first, kept] = [startOfDayIn(timeZones, start), oldestKeptEvent(ctx)];
  return { start: first < kept ? kept : first, end: startOfDayIn(timeZones, addDays(end, 1)) };
}

/** The range of the same length that ends the day before. */
export function rangeBefore(range: DateRange): DateRange {
  return { start: addDays(range.start, -lengthOf(range)), end: addDays(range.start, -1) };
}

export function daysOf({ start, end }: DateRange): string[] {
  return daysBetween(startOfDay(start), startOfDay(addDays(end, 1)));
}

function lengthOf({ start, end }: DateRange): number {
  return Math.round((startOfDay(end).getTime() - startOfDay(start).getTime()) / DAY) + 1;
}
