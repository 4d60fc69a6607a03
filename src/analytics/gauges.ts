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

/** The measurements of the last `days` days and before this month. Can be sent in one round trip with other queries. */
export function readGauges(tx: TenantTx, now: Date, days: number): PromiseLike<Measured[]> {
  const chart = firstDay(now, days);
  const before = after(monthOf(now), -SEARCHED_DAYS * DAY);
  return gaugesSince(tx, { start: dayOf(chart < before ? chart : before) });
}

/** Each gauge with its current value. */
export function gaugesOf(
  measured: Measured[],
  current: Record<GaugeName, number>,
  now: Date,
  days: number,
): Record<GaugeName, Gauge> {
  const month = dayOf(monthOf(now));
  const today = dayOf(now);
  const shownDays = daysBetween(firstDay(now, days), after(startOfDay(today), DAY));
  const gaugeOf = (name: GaugeName): Gauge => {
    const rows = measured.filter(({ metric }) => metric === name);
    const values = new Map(rows.map(({ day, value }) => [day, value])).set(today, current[name]);
    return {
      value: current[name],
      before: rows.findLast(({ day }) => day < month)?.value ?? null,
      daily: shownDays.map((day) => ({ day, value: values.get(day) ?? null })),
    };
  };
  return {
    projects: gaugeOf("projects"),
    members: gaugeOf("members"),
    storage_bytes: gaugeOf("storage_bytes"),
  };
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
