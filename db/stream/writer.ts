import { sql } from "drizzle-orm";
import { runScript } from "../connection/transaction.ts";
import { type MigratorTx, quoteName, readInstallation } from "../migration/migrator.ts";

/** What the application's login may run. */
const WRITERS = [
  "stream.add_api_usage(uuid[], date[], bigint[])",
  "stream.add_webhook_attempt(jsonb)",
];
/** What only the login that migrates may run. */
const FORGET_TENANT = "stream.forget_tenant(uuid)";
const FUNCTIONS = [...WRITERS, FORGET_TENANT];

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
    where relnamespace = 'stream'::regnamespace and relkind = 'p' order by 1`);
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
    grant usage, create on schema stream to ${ownerRole};
    set local role ${ownerRole};
    ${FUNCTIONS_SQL}
    revoke execute on function ${FUNCTIONS.join(", ")} from public;
    grant execute on function ${WRITERS.join(", ")} to ${quoteName(login)};
    grant execute on function ${FORGET_TENANT} to ${quoteName(row!.migrator)};
    set local role none;
    revoke create on schema stream from ${ownerRole};`;
}

/** Whether the functions and the policy exist for this owner and this login. A restored database may lack them. */
export async function hasStreamWriter(tx: MigratorTx, login: string): Promise<boolean> {
  const writers = sql.join(WRITERS.map((name) => sql`to_regprocedure(${name})`), sql`, `);
  const [row] = await tx.execute<{ complete: boolean }>(sql`
    select count(writer.oid) = ${FUNCTIONS.length} and not exists (
        select from pg_class t where t.relnamespace = 'stream'::regnamespace and t.relkind = 'p' and not exists (
          select from pg_policy where polrelid = t.oid and polname = 'writer' and polroles = array[owner.oid]
            and has_table_privilege(owner.oid, t.oid, 'insert') and has_table_privilege(owner.oid, t.oid, 'delete')))
      as complete
    from control.installation join pg_roles owner on owner.rolname = owner_role
      join pg_roles login on login.rolname = ${login}
      join pg_namespace space on nspname = 'stream'
      left join pg_proc writer on writer.pronamespace = space.oid and writer.proowner = owner.oid and (
        writer.oid in (${writers}) and has_function_privilege(login.oid, writer.oid, 'execute')
        or writer.oid = to_regprocedure(${FORGET_TENANT}) and has_function_privilege(nspowner, writer.oid, 'execute'))
    group by owner.oid`);
  return row?.complete ?? false;
}

/** Allows access only while no role is set. So the functions have access, but a session that sets the owner role has none. */
function policyScript(table: string, ownerRole: string): string {
  return `
    grant select, insert, update, delete on ${table} to ${ownerRole};
    drop policy if exists writer on ${table};
    create policy writer on ${table} to ${ownerRole}
      using (current_setting('role') = 'none') with check (current_setting('role') = 'none');`;
}

/** Inserts rows in the order of their keys, so that concurrent inserts can't deadlock. */
const FUNCTIONS_SQL = `
  create or replace function stream.add_api_usage(tenants uuid[], days date[], counts bigint[]) returns void
  language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into stream.api_usage as usage (tenant_id, day, calls)
    select * from unnest(tenants, days, counts) order by 1, 2
    on conflict (tenant_id, day) do update set calls = usage.calls + excluded.calls
  $$;
  create or replace function stream.add_webhook_attempt(attempt jsonb) returns void
  language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into stream.webhook_attempts (tenant_id, delivery_id, number, at, duration_ms, request_headers,
      response_status, response_headers, response_body, error)
    select * from jsonb_to_record(attempt) as given(tenant_id uuid, delivery_id uuid, number int,
      at timestamptz, duration_ms int, request_headers jsonb, response_status smallint, response_headers jsonb,
      response_body text, error text)
  $$;
  create or replace function stream.forget_tenant(tenant uuid) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
  declare
    stream_table regclass;
  begin
    for stream_table in select oid from pg_class where relnamespace = 'stream'::regnamespace and relkind = 'p' loop
      execute format('delete from %s where tenant_id = $1', stream_table) using tenant;
    end loop;
  end $$;`;
