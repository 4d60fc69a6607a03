import { sql } from "drizzle-orm";
import type { SystemContext } from "../../context.ts";
import { WEEKS, weeksUntilNow } from "./weeks.ts";

/** A week starts on Monday (UTC); `week` is that day. */
export type WeekOfGrowth = {
  week: string;
  workspaces: number;
  people: number;
  /** The week's workspaces that were used on another of their first seven days. Null until all of them are a week old. */
  activated: number | null;
};

/** `kept[n]` is how many of the week's `workspaces` were used in their week n after sign-up. Null while that isn't over. */
export type Cohort = { week: string; workspaces: number; kept: (number | null)[] };

/** The sign-ups of the last twelve weeks, the oldest first, without workspaces that were deleted since. */
export async function readGrowth({ control, services }: SystemContext): Promise<WeekOfGrowth[]> {
  const now = services.clock.now();
  const rows = await control.execute<{
    week: string;
    workspaces: number;
    people: number;
    activated: number;
    is_decided: boolean;
  }>(sql`
    with weeks as (${weeksUntilNow(now)}), created as (
      select id, (created_at at time zone 'UTC')::date as day from control.tenants
      where created_at >= (select min(start) from weeks) and status <> 'deleting'
    )
    select start::date::text as week,
      (select count(*)::int from created where day >= start::date and day < start::date + 7) as workspaces,
      (select count(*)::int from control.users where created_at >= start and created_at < start + interval '7 days') as people,
      (select count(*)::int from created where day >= start::date and day < start::date + 7 and exists (
        select from control.tenant_days used
        where used.tenant_id = created.id and used.day > created.day and used.day < created.day + 7)) as activated,
      start + interval '14 days' <= ${now.toISOString()}::timestamptz as is_decided
    from weeks order by start`);
  return rows.map(({ is_decided, activated, ...week }) => ({
    ...week,
    activated: is_decided ? activated : null,
  }));
}

/** For each of the last twelve weeks, how many of its workspaces were used in each week after they signed up. */
export async function readCohorts({ control, services }: SystemContext): Promise<Cohort[]> {
  const now = services.clock.now();
  const rows = await control.execute<
    { week: string; after: number | null; workspaces: number; used: number }
  >(sql`
    with weeks as (${weeksUntilNow(now)}), created as (
      select id, (created_at at time zone 'UTC')::date as day,
        date_trunc('week', created_at at time zone 'UTC')::date as week
      from control.tenants where created_at >= (select min(start) from weeks) and status <> 'deleting'
    ), used as (
      select week, (used.day - created.day) / 7 as after, count(distinct created.id)::int as used
      from created join control.tenant_days used on used.tenant_id = created.id and used.day >= created.day
      group by 1, 2
    )
    select start::date::text as week, after, coalesce(used, 0) as used,
      (select count(*)::int from created where created.week = start::date) as workspaces
    from weeks left join used on used.week = start::date order by start, after`);
  const byWeek = Map.groupBy([...rows], ({ week }) => week);
  return [...byWeek].map(([week, cells], index, { length }) => ({
    week,
    workspaces: cells[0]!.workspaces,
    // The last workspace of a week may be six days younger than its first, so a cell is over a week later.
    kept: Array.from(
      { length: WEEKS },
      (_, weeksAfter) =>
        weeksAfter + index + 2 >= length ? null : cells.find(({ after }) => after === weeksAfter)?.used ?? 0,
    ),
  }));
}
