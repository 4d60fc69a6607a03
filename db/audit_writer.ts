import { sql } from "drizzle-orm";
import { type MigratorTx, quoteName, readInstallation } from "./migrator.ts";
import { runScript } from "./transaction.ts";

/**
 * Makes the function that writes lines to the tenants' audit logs. It acts as the owner of their tables, so it is made by
 * that role and not by a migration of `control`, which runs as another. Can be repeated. Does nothing while that role is
 * missing, as after a restore.
 */
export async function makeAuditWriter(tx: MigratorTx): Promise<void> {
  const { ownerRole } = await readInstallation(tx);
  const [session] = await tx.execute<{ migrator: string; hasOwner: boolean }>(
    sql`select session_user as migrator, to_regrole(${ownerRole}) is not null as "hasOwner"`,
  );
  if (!session!.hasOwner) return;
  // Another's can't be replaced, and replacing its own interrupts no transaction that uses it.
  if (!await isAuditWriterThere(tx)) {
    await runScript(tx, "drop function if exists audit.insert_line(text, jsonb)");
  }
  await runScript(tx, writerScript(ownerRole, session!.migrator));
}

/** Whether that function is there and belongs to the owner of the tenants' tables. A restored database may lack it. */
export async function isAuditWriterThere(tx: MigratorTx): Promise<boolean> {
  const [row] = await tx.execute<{ there: boolean }>(sql`
    select exists (select from pg_proc join control.installation on proowner = to_regrole(owner_role)
      where oid = to_regprocedure('audit.insert_line(text, jsonb)')) as there`);
  return row!.there;
}

function writerScript(ownerRole: string, migrator: string): string {
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
      execute format('insert into %I.audit_log (id, sequence, at, action, actor_id, actor_name, subject_type, subject_id,
        subject_name, details, salt, content_hash, previous_hash, hash)
        select l.* from audit.compose($1, $2, $3) l', tenant_schema) using entry, last_sequence, last_hash;
    end $$;
    revoke execute on function audit.insert_line(text, jsonb) from public;
    grant execute on function audit.insert_line(text, jsonb) to ${quoteName(migrator)};
    set local role none;
    revoke create on schema audit from ${ownerRole};`;
}
