import { sql } from "drizzle-orm";
import { type MigratorTx, readInstallation } from "../migration/migrator.ts";
import { STREAM_TABLES, WHOLE_TABLES } from "./partitions.ts";

/** Compares the isolation of tenants in `stream` (row security, policies, and privileges) with the migrations. */
export async function compareStream(tx: MigratorTx): Promise<{ missing: string[]; unexpected: string[] }> {
  const expected = new Set(
    [...STREAM_TABLES.map(({ name }) => name), ...WHOLE_TABLES].flatMap(describeTable),
  );
  const found = await readStream(tx);
  return { missing: [...expected.difference(found)], unexpected: [...found.difference(expected)] };
}

function describeTable(name: string): string[] {
  return [
    `table ${name}: row security forced`,
    `policy ${name}.own_rows: select to public using (tenant_id = ( SELECT control.tenant_id_of(CURRENT_USER) AS tenant_id_of))`,
    `policy ${name}.writer: all to (owner) using (current_setting('role'::text) = 'none'::text)`,
    `privilege public: SELECT on ${name}`,
    ...["DELETE", "INSERT", "SELECT", "UPDATE"].map((privilege) =>
      `privilege (owner): ${privilege} on ${name}`
    ),
  ];
}

/** A correct partition adds no line: it has forced row security, and no policies or privileges. */
async function readStream(tx: MigratorTx): Promise<Set<string>> {
  const { ownerRole } = await readInstallation(tx);
  const rows = await tx.execute<{ line: string }>(sql`
    with tables as (select oid, relname, relowner, relacl, relispartition, relrowsecurity and relforcerowsecurity as forced
      from pg_class where relnamespace = to_regnamespace('stream') and relkind in ('r', 'p'))
    select 'table ' || relname || case when forced then ': row security forced' else ': row security not forced' end as line
      from tables where not (relispartition and forced)
    union all select 'policy ' || tablename || '.' || policyname || ': ' || lower(cmd) || ' to ' || array_to_string(roles, ', ')
      || coalesce(' using ' || qual, '') from pg_policies where schemaname = 'stream'
    union all select 'privilege ' || case grantee when 0 then 'public' else grantee::regrole::text end || ': '
      || privilege_type || ' on ' || relname from tables, aclexplode(relacl) where grantee <> relowner`);
  return new Set(rows.map(({ line }) => line.replaceAll(ownerRole, "(owner)")));
}
