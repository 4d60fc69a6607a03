import { eq, sql } from "drizzle-orm";
import type { Database } from "../connection/connect.ts";
import { runScript } from "../connection/transaction.ts";
import { auditChains } from "../control/schema/audit.ts";
import type { TenantId } from "../ids.ts";
import { auditLog } from "../tenant/schema/audit.ts";
import { parseSchemaName, type SchemaName } from "../tenant/schema_name.ts";
import { readInstallation, withMigrator } from "./migrator.ts";

/**
 * Deletes up to `limit` lines from the start of a tenant's log: those from before `before`, up to the line `upTo`. Never deletes
 * the newest line, which the next one continues. Records the last deleted line as the chain's anchor, so that the rest can be
 * verified. Returns the number of deleted lines. Acts as the owner of the tables, because no other role may delete lines.
 */
export async function deleteAuditLines(
  db: Database,
  tenant: { id: TenantId; schemaName: SchemaName },
  { before, upTo, limit }: { before: Date; upTo: number; limit: number },
): Promise<number> {
  const schema = parseSchemaName(tenant.schemaName);
  return await withMigrator(db, async (tx) => {
    const { ownerRole } = await readInstallation(tx);
    await runScript(tx, `set local role ${ownerRole}; set local search_path = ${schema}`);
    const [row] = await tx.execute<{ lines: number; sequence: number | null; hash: string | null }>(sql`
      with range as (
        select min(sequence) as first, max(sequence) as newest from ${auditLog}),
      kept as (
        select sequence from ${auditLog} where at >= ${before.toISOString()}::timestamptz order by sequence limit 1),
      last as (
        select sequence, hash from ${auditLog}, range
        where sequence <= ${upTo} and sequence < newest and sequence < first + ${limit}
          and sequence < coalesce((select sequence from kept), newest)
        order by sequence desc limit 1),
      deleted as (delete from ${auditLog} using last where ${auditLog.sequence} <= last.sequence returning 1)
      select (select count(*)::int from deleted) as lines, (select sequence::int from last) as sequence,
        (select hash from last) as hash`);
    await runScript(tx, "set local role none; set local search_path to default");
    if (!row || row.sequence === null) return 0;
    await tx.update(auditChains).set({ anchorSequence: row.sequence, anchorHash: row.hash! })
      .where(eq(auditChains.tenantId, tenant.id));
    return row.lines;
  });
}
