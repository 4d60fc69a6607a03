import { z } from "zod";
import type { StoredTimeZone } from "../../db/control/schema/tenants.ts";
import { problem } from "../platform/problem.ts";

const TIME_ZONE_UNKNOWN = problem(
  "time_zone_unknown",
  "Choose a time zone from the list, such as Europe/Berlin.",
);

const UTC = "UTC";
const MAX_NAME_LENGTH = 64;
/** Not an offset such as +02:00, which knows no daylight saving time. */
const NAME = /^[a-z][\w+/-]*$/i;
/** The time zones that a tenant has had before its last one. Events arrive 34 days late at most, so older ones matter little. */
const MAX_FORMER = 50;

/** A time zone of a tenant, and from when on it holds. Null for the first one, which holds for all time before the next. */
export type TimeZonePeriod = { readonly zone: string; readonly from: Date | null };

/** The periods as `tenants` stores them. */
export function toPeriods(stored: readonly StoredTimeZone[]): TimeZonePeriod[] {
  return stored.map(({ zone, from }) => ({ zone, from: from === null ? null : new Date(from) }));
}

export function toStored(periods: readonly TimeZonePeriod[]): StoredTimeZone[] {
  return periods.map(({ zone, from }) => ({ zone, from: from?.toISOString() ?? null }));
}

/** The names of the time zones to choose from. */
export const TIME_ZONES: readonly string[] = [
  UTC,
  ...Intl.supportedValuesOf("timeZone").filter((name) => name !== UTC),
];

/** A name of the IANA database, in upper or lower case. Other names of a time zone, such as Asia/Kolkata, are fine, too. */
export const timeZone = z.string().max(MAX_NAME_LENGTH)
  .overwrite((name) => findZone(name) ?? name)
  .refine((name) => findZone(name) !== null, TIME_ZONE_UNKNOWN.code);

/** The time zone that a tenant has chosen. It may hold from the next midnight only. */
export function chosenZone(periods: readonly TimeZonePeriod[]): string {
  return periods.at(-1)?.zone ?? UTC;
}

/** The periods once `zone` is chosen at `now`: it holds from its next midnight, so every day has one start and one end. */
export function withZone(periods: readonly TimeZonePeriod[], zone: string, now: Date): TimeZonePeriod[] {
  const begun = periods.filter(({ from }) => from === null || from <= now);
  const past = begun.length > 0 ? begun : [{ zone: UTC, from: null }];
  if (past.at(-1)!.zone === zone) return past;
  const from = startIn(zone, dateIn(zone, now).add({ days: 1 }));
  const [first, ...rest] = past.slice(-MAX_FORMER);
  return [{ zone: first!.zone, from: null }, ...rest, { zone, from }];
}

/** The day (YYYY-MM-DD) that `moment` is in. */
export function dayIn(periods: readonly TimeZonePeriod[], moment: Date): string {
  const period = periods.findLast(({ from }) => from === null || from <= moment);
  return dateIn(period?.zone ?? UTC, moment).toString();
}

/**
 * The start of a day (YYYY-MM-DD), which is the end of the day before. The day on which a time zone begins to hold may be longer or
 * shorter than others, and days that the new time zone skips are empty.
 */
export function startOfDayIn(periods: readonly TimeZonePeriod[], day: string): Date {
  const date = Temporal.PlainDate.from(day);
  const all = periods.length > 0 ? periods : [{ zone: UTC, from: null }];
  for (const [index, { zone, from }] of all.entries()) {
    const start = startIn(zone, date);
    const until = all[index + 1]?.from;
    if (until && start >= until) continue;
    return from && start < from ? from : start;
  }
  throw new Error("The last time zone of a tenant has no end.");
}

function findZone(name: string): string | null {
  if (!NAME.test(name)) return null;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

function dateIn(zone: string, moment: Date): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO(zone).toPlainDate();
}

/** The first moment of the date, which isn't always 00:00. */
function startIn(zone: string, date: Temporal.PlainDate): Date {
  return new Date(date.toZonedDateTime(zone).epochMilliseconds);
}
