import { desc, eq, inArray, or, sql } from "drizzle-orm";
import { prepareQuery } from "../../db/connection/prepared.ts";
import type { TransactionDb } from "../../db/connection/transaction.ts";
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

const ERASED = {
  actorId: null,
  actorName: null,
  subjectType: null,
  subjectId: null,
  subjectName: null,
  details: null,
  origin: null,
  salt: null,
};

/**
 * Erases the names and details from all lines of the platform's log about a tenant, including lines whose details
 * contain its id as `tenant_id`. The chain stays intact, because it covers a hash of the content. This erases the salt
 * as well, so nobody can guess the content from the hash.
 */
export async function eraseFromPlatformAudit(tx: MigratorTx, tenantId: string): Promise<void> {
  const isAboutTenant = eq(platformAuditLog.subjectId, tenantId);
  const namesTenant = sql`${platformAuditLog.details} ->> 'tenant_id' = ${tenantId}`;
  await tx.update(platformAuditLog).set(ERASED).where(or(isAboutTenant, namesTenant));
}

/** Erases the lines about a person from the platform's log, as `eraseFromPlatformAudit` does. */
export async function erasePersonFromPlatformAudit(tx: MigratorTx, userId: string): Promise<void> {
  await tx.update(platformAuditLog).set(ERASED).where(eq(platformAuditLog.subjectId, userId));
}

/** The actor's name. "Grace Hopper (Mei Lin)" if a person of the platform's staff, or an API key, acted for the member. */
export const SHOWN_ACTOR = sql<string>`coalesce(
  coalesce(${auditLog.origin} ->> 'staff', ${auditLog.origin} #>> '{key,name}') || ' (' || ${auditLog.actorName} || ')', ${auditLog.actorName})`;

const ENTRY = {
  id: auditLog.id,
  at: auditLog.at,
  actorId: auditLog.actorId,
  actorName: SHOWN_ACTOR,
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

/** The newest `limit` lines of the tenant's log about any of the actions, newest first. Can be sent with other queries. */
export function auditOfActions(db: TransactionDb, { actions, limit }: { actions: string[]; limit: number }) {
  return db.select(ENTRY).from(auditLog).where(inArray(auditLog.action, actions))
    .orderBy(desc(auditLog.sequence)).limit(limit);
}

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
