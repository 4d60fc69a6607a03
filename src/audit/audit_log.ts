import { desc, sql } from "drizzle-orm";
import { prepareQuery } from "../../db/prepared.ts";
import { auditLog } from "../../db/tenant/schema.ts";
import type { TenantTx } from "../../db/with_tenant.ts";
import type { TenantContext } from "../context.ts";
import { newId } from "../platform/ids.ts";

/** What was done, as `resource.verb`. */
export type AuditAction =
  | "project.created"
  | "project.updated"
  | "project.archived"
  | "project.restored"
  | "project.deleted";

export type AuditSubject = { type: "project"; id: string; name: string };

export type AuditEntry = {
  id: string;
  at: Date;
  actorName: string;
  action: AuditAction;
  subjectName: string;
};

/** Adds a line to the tenant's log, in the transaction of the change: there is one exactly if there is the other. */
export async function recordAudit(
  ctx: TenantContext,
  tx: TenantTx,
  action: AuditAction,
  subject: AuditSubject,
): Promise<void> {
  await tx.insert(auditLog).values({
    id: newId(),
    at: ctx.services.clock.now(),
    actorId: ctx.actor.id,
    actorName: ctx.actor.name,
    action,
    subjectType: subject.type,
    subjectId: subject.id,
    subjectName: subject.name,
  });
}

/** The tenant's newest lines, as many as the value `limit` says, newest first; for a flight with others. */
export const recentAudit = prepareQuery((db) =>
  db.select({
    id: auditLog.id,
    at: auditLog.at,
    actorName: auditLog.actorName,
    action: auditLog.action,
    subjectName: auditLog.subjectName,
  }).from(auditLog).orderBy(desc(auditLog.at), desc(auditLog.id)).limit(sql.placeholder("limit"))
);
