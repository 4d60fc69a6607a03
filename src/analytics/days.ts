import { z } from "zod";
import { after, DAY } from "../platform/clock.ts";

/** Days are written as YYYY-MM-DD, months as YYYY-MM, both in UTC. */

/** A month such as `2026-10`. */
export const yearMonth = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/);

export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

export function startOfDay(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

export function startOfMonth(month: string): Date {
  return startOfDay(`${month}-01`);
}

export function addMonths(month: Date, count: number): Date {
  return new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + count, 1));
}

/** The days from `start` until the day before `end`. */
export function daysBetween(start: Date, end: Date): string[] {
  const days: string[] = [];
  for (let day = start.getTime(); day < end.getTime(); day += DAY) days.push(dayOf(new Date(day)));
  return days;
}

/** The day `count` days after `day`. */
export function addDays(day: string, count: number): string {
  return dayOf(after(startOfDay(day), count * DAY));
}
