import { desc, eq, or, sql } from "drizzle-orm";
import { prepareQuery } from "../../db/connection/prepared.ts";
import type { ControlTx, TenantTx } from "../../db/connection/with_tenant.ts";
import { platformAuditLog } from "../../db/control/schema/audit.ts";
import type { MigratorTx } from "../../db/migration/migrator.ts";
import { auditLog } from "../../db/tenant/schema/audit.ts";
import type { SystemContext } from "../context.ts";

export type AuditEntry = {
  id: string;
  at: Date;
  actorName: string;
  action: string;
  subjectName: string;
  details: Record<string, unknown>;
};

/** A line of the platform's log, of which the content may have been erased. */
export type PlatformAuditEntry = {
  id: string;
  at: Date;
  action: string;
  actorName: string | null;
  subjectName: string | null;
  details: Record<string, unknown> | null;
};

/**
 * Takes the names and details out of all lines of the platform's log about a tenant, or something of it, whose details
 * name it as `tenant_id`. The chain stays whole: it runs over a hash of the content, and without the salt, which goes as
 * well, nobody can find out what the content was.
 */
export async function eraseFromPlatformAudit(tx: MigratorTx, tenantId: string): Promise<void> {
  const erased = {
    actorId: null,
    actorName: null,
    subjectType: null,
    subjectId: null,
    subjectName: null,
    details: null,
    salt: null,
  };
  const isAbout = eq(platformAuditLog.subjectId, tenantId);
  const isOfIts = sql`${platformAuditLog.details} ->> 'tenant_id' = ${tenantId}`;
  await tx.update(platformAuditLog).set(erased).where(or(isAbout, isOfIts));
}

/** The tenant's newest lines, as many as the value `limit` says, newest first; for a flight with others. */
export const recentAudit = prepareQuery((db) =>
  db.select({
    id: auditLog.id,
    at: auditLog.at,
    actorName: auditLog.actorName,
    action: auditLog.action,
    subjectName: auditLog.subjectName,
    details: auditLog.details,
  }).from(auditLog).orderBy(desc(auditLog.sequence)).limit(sql.placeholder("limit"))
);

/** The newest lines of the platform's log about a subject, newest first. */
export async function listPlatformAudit(
  ctx: SystemContext,
  subjectId: string,
  limit: number,
): Promise<PlatformAuditEntry[]> {
  const { id, at, action, actorName, subjectName, details } = platformAuditLog;
  const rows = await ctx.control.select({ id, at, action, actorName, subjectName, details }).from(
    platformAuditLog,
  )
    .where(eq(platformAuditLog.subjectId, subjectId)).orderBy(desc(platformAuditLog.sequence)).limit(limit);
  return rows;
}

/** How many lines the tenant's log has, and the first of them that doesn't fit: changed, added or cut out by hand. */
export async function verifyAudit(tx: TenantTx): Promise<AuditVerification> {
  return await verify(tx, auditLog);
}

/** The same for the platform's log. */
export async function verifyPlatformAudit(tx: ControlTx): Promise<AuditVerification> {
  return await verify(tx, platformAuditLog);
}

/** `brokenAt`: the place of the first line that doesn't fit the one before it, or its own content. */
export type AuditVerification = { lines: number; brokenAt: number | null };

/**
 * Each line carries its sequence, a hash of its content, and a hash over those and the hash of the line before. To change,
 * insert or remove a line without a trace, one would have to rewrite all lines after it.
 */
async function verify(
  tx: TenantTx | ControlTx,
  log: typeof auditLog | typeof platformAuditLog,
): Promise<AuditVerification> {
  const [result] = await tx.execute<{ lines: number; broken_at: number | null }>(sql`
    with chain as (
      select sequence, previous_hash, hash, content_hash, salt, ${LINE} as line,
        lag(hash, 1, '') over places as before, row_number() over places as place
      from ${log} window places as (order by sequence))
    select count(*)::int as lines, (min(sequence) filter (where sequence <> place or previous_hash <> before
      or hash <> audit.hash(line) or (salt is not null and content_hash <> audit.content_hash(line))))::int as broken_at
    from chain`);
  return { lines: result!.lines, brokenAt: result!.broken_at };
}

const LINE =
  sql`row(id, sequence, at, action, actor_id, actor_name, subject_type, subject_id, subject_name, details, salt,
  content_hash, previous_hash, hash)::audit.line`;
