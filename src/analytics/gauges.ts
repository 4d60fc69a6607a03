import { and, asc, gte, inArray, sql } from "drizzle-orm";
import { prepareQuery } from "../../db/connection/prepared.ts";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { dailyMetrics } from "../../db/tenant/schema/analytics.ts";
import { after, DAY } from "../platform/clock.ts";
import { dayOf, daysBetween, startOfDay, startOfMonth } from "./days.ts";

const SHOWN = ["projects", "members", "storage_bytes"] as const;
/** How far before a month to look for its starting value, because a day may not have been measured. */
const SEARCHED_DAYS = 7;

type GaugeName = typeof SHOWN[number];
type Measured = { day: string; metric: string; value: number };

export type DailyGauge = { day: string; value: number | null };

/** What the tenant has now. */
export type Gauge = {
  value: number;
  /** The last measurement before this calendar month (UTC), or null if there is none. */
  before: number | null;
  /** One entry for each of the last days, null if a day wasn't measured. Today is the current value. */
  daily: DailyGauge[];
};

/** Each gauge without its current value. `daily` ends yesterday. */
export type PastGauges = Record<GaugeName, Omit<Gauge, "value">>;

/** The measurements of the last `days` days and before this month. Can be sent in one round trip with other queries. */
export function readGauges(tx: TenantTx, now: Date, days: number): PromiseLike<Measured[]> {
  const chart = firstDay(now, days);
  const before = after(monthOf(now), -SEARCHED_DAYS * DAY);
  return gaugesSince(tx, { start: dayOf(chart < before ? chart : before) });
}

/** What was measured of each gauge before today. */
export function pastGauges(measured: Measured[], now: Date, days: number): PastGauges {
  const month = dayOf(monthOf(now));
  const pastDays = daysBetween(firstDay(now, days), startOfDay(dayOf(now)));
  return gaugesBy((name) => {
    const rows = measured.filter(({ metric }) => metric === name);
    const values = new Map(rows.map(({ day, value }) => [day, value]));
    return {
      before: rows.findLast(({ day }) => day < month)?.value ?? null,
      daily: pastDays.map((day) => ({ day, value: values.get(day) ?? null })),
    };
  });
}

/** Each gauge with its current value. */
export function gaugesWith(
  current: Record<GaugeName, number>,
  past: PastGauges,
  today: string,
): Record<GaugeName, Gauge> {
  return gaugesBy((name) => {
    const { before, daily } = past[name];
    const value = current[name];
    return { value, before, daily: [...daily, { day: today, value }] };
  });
}

function gaugesBy<Made>(make: (name: GaugeName) => Made): Record<GaugeName, Made> {
  return { projects: make("projects"), members: make("members"), storage_bytes: make("storage_bytes") };
}

const gaugesSince = prepareQuery((db) =>
  db.select().from(dailyMetrics)
    .where(and(gte(dailyMetrics.day, sql.placeholder("start")), inArray(dailyMetrics.metric, [...SHOWN])))
    .orderBy(asc(dailyMetrics.day))
);

function firstDay(now: Date, days: number): Date {
  return after(startOfDay(dayOf(now)), -(days - 1) * DAY);
}

function monthOf(now: Date): Date {
  return startOfMonth(dayOf(now).slice(0, 7));
}
