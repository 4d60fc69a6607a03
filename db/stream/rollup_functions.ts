/** The hours that one rollup takes, at most, so that it ends soon even after a long downtime. */
export const HOURS_AT_ONCE = 100;

/** The events of a day, for use in `roll_up_analytics`. */
const OF_THE_DAY = `e.tenant_id = tenant and e.occurred_at >= day_start and e.occurred_at < day_end`;

/**
 * The functions that roll up analytics events. `take_analytics_changes` waits for another rollup of the tenant, and returns the
 * oldest changed hours. Whoever takes them rolls up their days in the same transaction. `roll_up_analytics` counts a day from the
 * events and replaces what was counted before. It writes only what has changed, because a busy day is counted often. It uses no
 * nested loops: after many new events, Postgres' statistics are outdated, and it would choose them for millions of rows.
 */
export const ROLLUP_FUNCTIONS = `
  create or replace function stream.take_analytics_changes(tenant uuid, counted_at timestamptz) returns setof timestamptz
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
  begin
    insert into stream.analytics_rollups (tenant_id, version, rolled_up_at) values (tenant, 0, counted_at)
      on conflict (tenant_id) do nothing;
    perform from stream.analytics_rollups r where r.tenant_id = tenant for update;
    return query with taken as (
      delete from stream.analytics_changes c where c.tenant_id = tenant and c.hour in (
        select distinct first.hour from stream.analytics_changes first where first.tenant_id = tenant
        order by first.hour limit ${HOURS_AT_ONCE})
      returning c.hour
    ) select distinct taken.hour from taken order by 1;
  end $$;
  create or replace function stream.roll_up_analytics(
    tenant uuid, counted date, day_start timestamptz, day_end timestamptz, counted_at timestamptz) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_nestloop = off as $$
  declare
    first_day date := date_trunc('month', counted)::date;
    bit integer := 1 << (counted - date_trunc('month', counted)::date);
  begin
    delete from stream.analytics_daily d where d.tenant_id = tenant and d.day = counted;
    insert into stream.analytics_daily (tenant_id, day, event, events)
      select tenant, counted, e.event, count(*) from stream.analytics_events e where ${OF_THE_DAY} group by e.event;
    with active as materialized (
      select distinct e.user_id collate "C" as user_id from stream.analytics_events e where ${OF_THE_DAY} and e.user_id is not null
    ), known as materialized (
      select u.user_id, (u.days & bit) <> 0 as was_active, active.user_id is not null as is_active
      from stream.analytics_user_months u left join active on active.user_id = u.user_id collate "C"
      where u.tenant_id = tenant and u.month = first_day
    ), changed as (
      update stream.analytics_user_months u set days = u.days # bit from known
      where u.tenant_id = tenant and u.month = first_day and u.user_id = known.user_id
        and known.was_active <> known.is_active
    )
    insert into stream.analytics_user_months (tenant_id, month, user_id, days)
      select tenant, first_day, active.user_id, bit from active
      where not exists (select from known where known.user_id = active.user_id);
    delete from stream.analytics_user_months u where u.tenant_id = tenant and u.month = first_day and u.days = 0;
    update stream.analytics_rollups r set version = r.version + 1, rolled_up_at = counted_at where r.tenant_id = tenant;
  end $$;`;
