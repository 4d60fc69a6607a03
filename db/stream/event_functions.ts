/**
 * The functions that write analytics events. `add_analytics_events` skips events whose `given_id` the tenant has sent before, and
 * returns how many it added. It takes ids in their order, so that concurrent batches can't deadlock, and numbers events in the order
 * in which they were sent. No two events of a batch may have the same `given_id`. Rollups find the hours of new events in
 * `analytics_changes`.
 */
export const EVENT_FUNCTIONS = `
  create or replace function stream.add_analytics_events(tenant uuid, received timestamptz, events jsonb) returns integer
  language sql security definer set search_path = pg_catalog, pg_temp as $$
    with sent as materialized (
      select * from rows from (
        jsonb_to_recordset(events)
          as (id uuid, is_given boolean, event text, user_id text, properties jsonb, occurred_at timestamptz)
      ) with ordinality as each (id, is_given, event, user_id, properties, occurred_at, number)
    ), new as (
      insert into stream.analytics_event_ids (tenant_id, id, received_at)
      select tenant, id, received from sent where is_given order by id
      on conflict do nothing returning id
    ), added as (
      insert into stream.analytics_events (tenant_id, id, event, user_id, properties, occurred_at, received_at)
      select tenant, id, event, user_id, properties, occurred_at, received from sent
      where not is_given or id in (select id from new) order by number
      returning occurred_at
    ), changed as (
      insert into stream.analytics_changes (tenant_id, hour)
      select distinct tenant, date_trunc('hour', occurred_at, 'UTC') from added
    )
    select count(*)::int from added
  $$;
  create or replace function stream.delete_analytics_events(tenant uuid, before timestamptz, at_most integer) returns integer
  language sql security definer set search_path = pg_catalog, pg_temp as $$
    with old as (
      select occurred_at, sequence from stream.analytics_events
      where tenant_id = tenant and occurred_at < before order by occurred_at, sequence limit at_most
    ), deleted as (
      delete from stream.analytics_events e using old
      where e.tenant_id = tenant and e.occurred_at = old.occurred_at and e.sequence = old.sequence returning 1
    )
    select count(*)::int from deleted
  $$;
  create or replace function stream.delete_analytics_event_ids(before timestamptz, at_most integer) returns integer
  language sql security definer set search_path = pg_catalog, pg_temp as $$
    with old as (
      select tenant_id, id from stream.analytics_event_ids where received_at < before order by received_at limit at_most
    ), deleted as (
      delete from stream.analytics_event_ids i using old where i.tenant_id = old.tenant_id and i.id = old.id returning 1
    )
    select count(*)::int from deleted
  $$;`;
