import { sql } from "drizzle-orm";
import { runScript } from "../connection/transaction.ts";
import { type MigratorTx, quoteName, readInstallation } from "./migrator.ts";

/**
 * Creates the function that writes lines to the tenants' audit logs. The function runs as the owner of their tables, so that role
 * creates it, and not a migration of `control`, which runs as another role. Can be repeated. Does nothing while the owner role is
 * missing, as after a restore.
 */
export async function createAuditWriter(tx: MigratorTx): Promise<void> {
  const { ownerRole } = await readInstallation(tx);
  const [row] = await tx.execute<{ exists: boolean }>(
    sql`select to_regrole(${ownerRole}) is not null as exists`,
  );
  if (row!.exists) await runScript(tx, await auditWriterScript(tx));
}

/** The SQL that creates the function. */
export async function auditWriterScript(tx: MigratorTx): Promise<string> {
  const { ownerRole } = await readInstallation(tx);
  const [row] = await tx.execute<{ caller: string }>(
    sql`select pg_get_userbyid(proowner) as caller from pg_proc where oid = 'audit.append(jsonb)'::regprocedure`,
  );
  // Only a function's owner can replace it, so a function of another role is dropped first. Replacing interrupts no transaction.
  const drop = await hasAuditWriter(tx) ? "" : "drop function if exists audit.insert_line(text, jsonb);";
  return drop + writerScript(ownerRole, row!.caller);
}

/**
 * Whether the function exists, belongs to the owner of the tenants' tables, and can be called by the functions that
 * append lines. A restored database may lack it.
 */
export async function hasAuditWriter(tx: MigratorTx): Promise<boolean> {
  const [row] = await tx.execute<{ found: boolean }>(sql`
    select exists (select from pg_proc writer join control.installation on writer.proowner = to_regrole(owner_role)
      join pg_proc caller on caller.oid = to_regprocedure('audit.append(jsonb)')
      where writer.oid = to_regprocedure('audit.insert_line(text, jsonb)')
        and has_function_privilege(caller.proowner, writer.oid, 'execute')) as found`);
  return row!.found;
}

function writerScript(ownerRole: string, caller: string): string {
  return `
    grant usage, create on schema audit to ${ownerRole};
    set local role ${ownerRole};
    create or replace function audit.insert_line(tenant_schema text, entry jsonb) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
    declare
      last_sequence bigint;
      last_hash text;
    begin
      execute format('select sequence, hash from %I.audit_log order by sequence desc limit 1', tenant_schema)
        into last_sequence, last_hash;
      -- A schema that is not migrated yet has no column for the origin, so its lines must not be hashed with one.
      if not exists (select from pg_attribute where attrelid = to_regclass(format('%I.audit_log', tenant_schema))
        and attname = 'origin' and not attisdropped) then
        entry := entry - 'origin';
      end if;
      execute format('insert into %1$I.audit_log select r.* from audit.compose($1, $2, $3) l,
        jsonb_populate_record(null::%1$I.audit_log, to_jsonb(l)) r', tenant_schema)
        using entry, last_sequence, last_hash;
    end $$;
    revoke execute on function audit.insert_line(text, jsonb) from public;
    grant execute on function audit.insert_line(text, jsonb) to ${quoteName(caller)};
    set local role none;
    revoke create on schema audit from ${ownerRole};`;
}
