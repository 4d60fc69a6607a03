import { desc, eq, or, sql } from "drizzle-orm";
import { prepareQuery } from "../../db/connection/prepared.ts";
import type { ControlTx, TenantTx } from "../../db/connection/with_tenant.ts";
import { platformAuditLog } from "../../db/control/schema/audit.ts";
import type { MigratorTx } from "../../db/migration/migrator.ts";
import { auditLog } from "../../db/tenant/schema/audit.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";

export type AuditEntry = {
  id: string;
  at: Date;
  /** Null for the product itself. */
  actorId: UserId | null;
  actorName: string;
  action: string;
  subjectName: string;
  details: Record<string, unknown>;
};

/** A line of the platform's log. Its content may have been erased. */
export type PlatformAuditEntry = {
  id: string;
  at: Date;
  action: string;
  actorName: string | null;
  subjectName: string | null;
  details: Record<string, unknown> | null;
};

/**
 * Erases the names and details from all lines of the platform's log about a tenant, including lines whose details
 * contain its id as `tenant_id`. The chain stays intact, because it covers a hash of the content. This erases the salt
 * as well, so nobody can guess the content from the hash.
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
  const isAboutTenant = eq(platformAuditLog.subjectId, tenantId);
  const namesTenant = sql`${platformAuditLog.details} ->> 'tenant_id' = ${tenantId}`;
  await tx.update(platformAuditLog).set(erased).where(or(isAboutTenant, namesTenant));
}

const ENTRY = {
  id: auditLog.id,
  at: auditLog.at,
  actorId: auditLog.actorId,
  actorName: auditLog.actorName,
  action: auditLog.action,
  subjectName: auditLog.subjectName,
  details: auditLog.details,
};

/** The newest `limit` lines of the tenant's log, newest first. Can be sent in one round trip with other queries. */
export const recentAudit = prepareQuery((db) =>
  db.select(ENTRY).from(auditLog).orderBy(desc(auditLog.sequence)).limit(sql.placeholder("limit"))
);

/** The newest `limit` lines of the tenant's log about a subject, newest first. Can be sent with other queries. */
export const auditOfSubject = prepareQuery((db) =>
  db.select(ENTRY).from(auditLog).where(eq(auditLog.subjectId, sql.placeholder("subjectId")))
    .orderBy(desc(auditLog.sequence)).limit(sql.placeholder("limit"))
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

/** Verifies the tenant's log. Finds lines that were changed, added, or removed by hand. */
export async function verifyAudit(tx: TenantTx): Promise<AuditVerification> {
  return await verify(tx, auditLog);
}

/** Verifies the platform's log. */
export async function verifyPlatformAudit(tx: ControlTx): Promise<AuditVerification> {
  return await verify(tx, platformAuditLog);
}

/** `brokenAt` is the position of the first line that doesn't match the previous line or its own content. */
export type AuditVerification = { lines: number; brokenAt: number | null };

/**
 * Each line contains its sequence, a hash of its content, and a hash of both and the previous line's hash. Changing, inserting, or
 * removing a line without a trace would require rewriting all later lines.
 */
async function verify(
  tx: TenantTx | ControlTx,
  log: typeof auditLog | typeof platformAuditLog,
): Promise<AuditVerification> {
  const [result] = await tx.execute<{ lines: number; broken_at: number | null }>(sql`
    with chain as (
      select sequence, previous_hash, hash, content_hash, salt, ${LINE} as line,
        lag(hash, 1, '') over lines as before, row_number() over lines as position
      from ${log} window lines as (order by sequence))
    select count(*)::int as lines, (min(sequence) filter (where sequence <> position or previous_hash <> before
      or hash <> audit.hash(line) or (salt is not null and content_hash <> audit.content_hash(line))))::int as broken_at
    from chain`);
  return { lines: result!.lines, brokenAt: result!.broken_at };
}

const LINE =
  sql`row(id, sequence, at, action, actor_id, actor_name, subject_type, subject_id, subject_name, details, salt,
  content_hash, previous_hash, hash)::audit.line`;
