import { type SQL, sql } from "drizzle-orm";
import { runScript } from "../connection/transaction.ts";
import { type MigratorTx, quoteName, readInstallation } from "../migration/migrator.ts";
import { EVENT_FUNCTIONS } from "./event_functions.ts";
import { ROLLUP_FUNCTIONS } from "./rollup_functions.ts";

/** The functions that the application's login calls, by their argument types. */
const WRITERS = [
  "stream.add_api_usage(uuid[], date[], bigint[])",
  "stream.add_api_requests(boolean, uuid[], uuid[], uuid[], text[], text[], text[], text[], smallint[], text[], text[], uuid[], bigint[], integer[], integer[])",
  "stream.add_api_request_counts(uuid[], uuid[], date[], text[], text[], uuid[], smallint[], text[], text[], bigint[], bigint[])",
  "stream.add_webhook_attempt(jsonb)",
  "stream.add_analytics_events(uuid, timestamptz, jsonb)",
  "stream.delete_analytics_events(uuid, timestamptz, integer)",
  "stream.delete_analytics_event_ids(timestamptz, integer)",
  "stream.take_analytics_changes(uuid, timestamptz)",
  "stream.roll_up_analytics(uuid, date, timestamptz, timestamptz, timestamptz)",
];
/** The functions that delete a tenant's rows, and add those of an archive. Only the login that migrates calls them. */
const OF_MIGRATOR = ["stream.forget_tenant(uuid)", "stream.import_rows(text, uuid, text[], jsonb)"];
const FUNCTIONS = [...WRITERS, ...OF_MIGRATOR];

/**
 * Creates the functions that write to `stream`, and the policy that allows it. The functions run as the owner of the
 * tenants' tables. No transaction has that role by default, so a login without a role sees no rows. Repeat this after a
 * migration adds a table. Does nothing while the owner role is missing, as after a restore.
 */
export async function createStreamWriter(tx: MigratorTx, login: string): Promise<void> {
  const { ownerRole } = await readInstallation(tx);
  const [row] = await tx.execute<{ exists: boolean }>(
    sql`select to_regrole(${ownerRole}) is not null as exists`,
  );
  if (row!.exists) await runScript(tx, await streamWriterScript(tx, login));
}

/** The SQL that creates the functions and the policy. */
export async function streamWriterScript(tx: MigratorTx, login: string): Promise<string> {
  const { ownerRole } = await readInstallation(tx);
  const tables = await tx.execute<{ name: string }>(sql`
    select format('%I.%I', 'stream', relname) as name from pg_class
    where relnamespace = 'stream'::regnamespace and relkind in ('p', 'r') and not relispartition order by 1`);
  const [row] = await tx.execute<{ migrator: string }>(
    sql`select pg_get_userbyid(nspowner) as migrator from pg_namespace where nspname = 'stream'`,
  );
  // Only a function's owner can replace it, so a function of another role is dropped first. Replacing interrupts no transaction.
  const drop = await hasStreamWriter(tx, login)
    ? ""
    : FUNCTIONS.map((name) => `drop function if exists ${name};`).join("\n");
  return `
    ${drop}
    ${tables.map(({ name }) => policyScript(name, ownerRole)).join("\n")}
    grant usage on all sequences in schema stream to ${ownerRole};
    grant usage, create on schema stream to ${ownerRole};
    set local role ${ownerRole};
    ${FUNCTIONS_SQL}
    revoke execute on function ${FUNCTIONS.join(", ")} from public;
    grant execute on function ${WRITERS.join(", ")} to ${quoteName(login)};
    grant execute on function ${OF_MIGRATOR.join(", ")} to ${quoteName(row!.migrator)};
    set local role none;
    revoke create on schema stream from ${ownerRole};`;
}

/** Whether the functions and the policy exist for this owner and this login. A restored database may lack them. */
export async function hasStreamWriter(tx: MigratorTx, login: string): Promise<boolean> {
  const [row] = await tx.execute<{ complete: boolean }>(sql`
    select count(writer.oid) = ${FUNCTIONS.length} and not exists (
        select from pg_class t where t.relnamespace = 'stream'::regnamespace and t.relkind in ('p', 'r')
          and not t.relispartition and not exists (
          select from pg_policy where polrelid = t.oid and polname = 'writer' and polroles = array[owner.oid]
            and has_table_privilege(owner.oid, t.oid, 'insert') and has_table_privilege(owner.oid, t.oid, 'delete')))
      as complete
    from control.installation join pg_roles owner on owner.rolname = owner_role
      join pg_roles login on login.rolname = ${login}
      join pg_namespace space on nspname = 'stream'
      left join pg_proc writer on writer.pronamespace = space.oid and writer.proowner = owner.oid and (
        writer.oid in (${asProcedures(WRITERS)}) and has_function_privilege(login.oid, writer.oid, 'execute')
        or writer.oid in (${
    asProcedures(OF_MIGRATOR)
  }) and has_function_privilege(nspowner, writer.oid, 'execute'))
    group by owner.oid`);
  return row?.complete ?? false;
}

function asProcedures(names: string[]): SQL {
  return sql.join(names.map((name) => sql`to_regprocedure(${name})`), sql`, `);
}

/** Allows access only while no role is set. So the functions have access, but a session that sets the owner role has none. */
function policyScript(table: string, ownerRole: string): string {
  return `
    grant select, insert, update, delete on ${table} to ${ownerRole};
    drop policy if exists writer on ${table};
    create policy writer on ${table} to ${ownerRole}
      using (current_setting('role') = 'none') with check (current_setting('role') = 'none');`;
}

/** Checking for conflicts takes a fifth of the time, so only a repeated statement does. */
const INSERT_REQUESTS = `
      insert into stream.api_requests (
        tenant_id, at, id, actor_id, actor_kind, actor_name, method, endpoint, status, duration_us, error_code, ip_address)
      select tenant, to_timestamp(millisecond / 1000::float8), id, actor, kind, name, method, endpoint, status, duration,
        error, address
      from unnest(ids, milliseconds, positions, durations) as call (id, millisecond, "position", duration)
      join unnest(tenants, actors, kinds, names, methods, endpoints, statuses, errors, addresses) with ordinality
        as common (tenant, actor, kind, name, method, endpoint, status, error, address, number)
        on common.number = call."position"
      where tenant = any(existing)`;

/**
 * The transaction doesn't wait for the disk: only a crash of the server itself can lose what was written in the last second. The
 * embedded database ends with this process, so there it waits.
 */
const WITHOUT_DISK = `
    if version() not like '%emscripten%' then
      set local synchronous_commit = off;
    end if;`;

/**
 * Adds to counts in the order of their keys, so that concurrent calls can't deadlock. API calls wait for `add_api_usage`, and the log of
 * API requests is long, so neither waits for the disk. The functions for API requests skip the tenants that aren't in `existing`.
 * `add_api_requests` gets what calls have in common once (`tenants` to `addresses`), and for each call its position there, from 1. If it
 * is `repeated`, because the answer was lost, it skips the calls that it has already added.
 */
const FUNCTIONS_SQL = `
  create or replace function stream.add_api_usage(tenants uuid[], days date[], counts bigint[]) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
  begin
    ${WITHOUT_DISK}
    insert into stream.api_usage as usage (tenant_id, day, calls)
    select * from unnest(tenants, days, counts) order by 1, 2
    on conflict (tenant_id, day) do update set calls = usage.calls + excluded.calls;
  end $$;
  create or replace function stream.add_api_requests(
    repeated boolean, existing uuid[],
    tenants uuid[], actors uuid[], kinds text[], names text[], methods text[], endpoints text[],
    statuses smallint[], errors text[], addresses text[],
    ids uuid[], milliseconds bigint[], positions integer[], durations integer[]) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
  begin
    ${WITHOUT_DISK}
    if repeated then
      ${INSERT_REQUESTS} on conflict do nothing;
    else
      ${INSERT_REQUESTS};
    end if;
  end $$;
  create or replace function stream.add_api_request_counts(
    existing uuid[], tenants uuid[], days date[], methods text[], endpoints text[], actors uuid[], buckets smallint[],
    kinds text[], names text[], counts bigint[], errors bigint[]) returns void
  language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into stream.api_request_counts as counted (
      tenant_id, day, method, endpoint, actor_id, bucket, actor_kind, actor_name, calls, errors)
    select * from unnest(tenants, days, methods, endpoints, actors, buckets, kinds, names, counts, errors)
      as added (tenant) where tenant = any(existing) order by 1, 2, 3, 4, 5, 6
    on conflict (tenant_id, day, method, endpoint, actor_id, bucket) do update set
      calls = counted.calls + excluded.calls, errors = counted.errors + excluded.errors,
      actor_kind = excluded.actor_kind, actor_name = excluded.actor_name
  $$;
  create or replace function stream.add_webhook_attempt(attempt jsonb) returns void
  language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into stream.webhook_attempts (tenant_id, delivery_id, number, at, duration_ms, request_headers,
      response_status, response_headers, response_body, error)
    select * from jsonb_to_record(attempt) as given(tenant_id uuid, delivery_id uuid, number int,
      at timestamptz, duration_ms int, request_headers jsonb, response_status smallint, response_headers jsonb,
      response_body text, error text)
  $$;
  ${EVENT_FUNCTIONS}
  ${ROLLUP_FUNCTIONS}
  create or replace function stream.forget_tenant(tenant uuid) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
  declare
    stream_table regclass;
  begin
    for stream_table in select oid from pg_class where relnamespace = 'stream'::regnamespace and relkind in ('p', 'r') and not relispartition loop
      execute format('delete from %s where tenant_id = $1', stream_table) using tenant;
    end loop;
  end $$;
  create or replace function stream.import_rows(target text, tenant uuid, names text[], imported jsonb) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
  declare
    listed text := (select string_agg(quote_ident(name), ', ') from unnest(names) as name);
  begin
    execute format('insert into stream.%1$I (tenant_id, %2$s) select $1, %2$s from jsonb_populate_recordset(null::stream.%1$I, $2)',
      target, listed) using tenant, imported;
  end $$;`;
