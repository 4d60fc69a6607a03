import { sql } from "drizzle-orm";
import type { TenantTx } from "../../../db/connection/with_tenant.ts";
import { analyticsUserMonths } from "../../../db/stream/schema/analytics_rollups.ts";
import { idArray, numberArray } from "../../platform/array_literals.ts";
import type { TenantId } from "../../tenancy/tenant.ts";
import { type DateRange, daysOf } from "./date_range.ts";

/** How many people were active on exactly these days of a month: bit 0 of `days` is its first day. */
export type ActiveDays = { month: string; days: number; people: number };

/**
 * The people who were active in the range, each counted once. Can be sent in one round trip with other queries. A union of the months is
 * faster than the distinct people of all.
 */
export function countPeople(
  tx: TenantTx,
  tenant: TenantId,
  range: DateRange,
): PromiseLike<{ people: number }[]> {
  const months = [...masksOf(range)].map(([month, mask]) =>
    sql`select user_id from ${analyticsUserMonths}
      where tenant_id = ${tenant}::uuid and month = ${month}::date and days & ${mask}::int <> 0`
  );
  return tx.execute<{ people: number }>(sql`
    select count(*)::float8 as people from (${sql.join(months, sql` union `)}) as person`);
}

/** Who was active when in the range. People with the same days of a month are counted together. */
export function readActiveDays(tx: TenantTx, tenant: TenantId, range: DateRange): PromiseLike<ActiveDays[]> {
  const masks = masksOf(range);
  return tx.execute<ActiveDays>(sql`
    select month::text as month, days, people from (
      select month, days & mask as days, count(*)::float8 as people
      from ${analyticsUserMonths} as active join unnest(${idArray([...masks.keys()])}::date[],
        ${numberArray([...masks.values()])}::int[]) as part (part_month, mask)
      on month = part_month and days & mask <> 0 where tenant_id = ${tenant}::uuid group by 1, 2
    ) as counted`);
}

/** How many people were active on each day of the range. */
export function peopleByDay(active: ActiveDays[]): Map<string, number> {
  const byDay = new Map<string, number>();
  for (const { month, days, people } of active) {
    for (let bit = 0; days >> bit > 0; bit++) {
      if ((days >> bit & 1) === 0) continue;
      const day = `${month.slice(0, "2026-11".length)}-${String(bit + 1).padStart(2, "0")}`;
      byDay.set(day, (byDay.get(day) ?? 0) + people);
    }
  }
  return byDay;
}

/** The months of the range, each with the mask of its days that are in the range. */
function masksOf(range: DateRange): Map<string, number> {
  const masks = new Map<string, number>();
  for (const day of daysOf(range)) {
    const month = `${day.slice(0, "2026-11".length)}-01`;
    masks.set(month, (masks.get(month) ?? 0) | 1 << Number(day.slice(-2)) - 1);
  }
  return masks;
}
