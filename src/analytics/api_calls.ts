import { and, asc, gte, lt, sql } from "drizzle-orm";
import { prepareQuery } from "../../db/connection/prepared.ts";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { apiUsage } from "../../db/stream/schema/api_usage.ts";
import { after, DAY } from "../platform/clock.ts";
import { addMonths, dayOf, daysBetween, startOfDay, startOfMonth } from "./days.ts";

type Usage = { day: string; calls: number };

export type ApiCalls = {
  /** One entry for each of the last days, today last. */
  daily: Usage[];
  /** In this calendar month (UTC). */
  thisMonth: number;
  /** The same days of the month before. */
  monthBefore: { calls: number; from: Date; until: Date };
};

/** The tenant's API calls of the last `days` days and of both months. Can be sent in one round trip with other queries. */
export function readCalls(tx: TenantTx, now: Date, days: number): PromiseLike<Usage[]> {
  const [today, month] = [startOfDay(dayOf(now)), addMonths(monthOf(now), -1)];
  const chart = after(today, -(days - 1) * DAY);
  const start = chart < month ? chart : month;
  return callsBetween(tx, { start: dayOf(start), end: dayOf(after(today, DAY)) });
}

export function callsOf(usage: Usage[], now: Date, days: number): ApiCalls {
  const today = startOfDay(dayOf(now));
  const calls = new Map(usage.map(({ day, calls }) => [day, calls]));
  const daily = daysBetween(after(today, -(days - 1) * DAY), after(today, DAY))
    .map((day) => ({ day, calls: calls.get(day) ?? 0 }));
  const month = monthOf(now);
  const from = addMonths(month, -1);
  const lastDay = after(month, -DAY);
  const sameDay = after(from, today.getTime() - month.getTime());
  const until = sameDay < lastDay ? sameDay : lastDay;
  return {
    daily,
    thisMonth: sumOf(usage, dayOf(month), dayOf(today)),
    monthBefore: { calls: sumOf(usage, dayOf(from), dayOf(until)), from, until },
  };
}

/** With both ends, Postgres reads only the partitions of these days. */
const callsBetween = prepareQuery((db) =>
  db.select({ day: apiUsage.day, calls: apiUsage.calls }).from(apiUsage)
    .where(and(gte(apiUsage.day, sql.placeholder("start")), lt(apiUsage.day, sql.placeholder("end"))))
    .orderBy(asc(apiUsage.day))
);

function sumOf(usage: Usage[], from: string, until: string): number {
  return usage.filter(({ day }) => day >= from && day <= until).reduce((sum, { calls }) => sum + calls, 0);
}

function monthOf(now: Date): Date {
  return startOfMonth(dayOf(now).slice(0, 7));
}
