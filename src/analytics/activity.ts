import { desc, eq, sql } from "drizzle-orm";
import { jsonRows } from "../../db/connection/json_rows.ts";
import type { TransactionDb } from "../../db/connection/transaction.ts";
import { auditLog } from "../../db/tenant/schema/audit.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import type { UserId } from "../access/actor.ts";
import { SHOWN_ACTOR } from "../audit/audit_log.ts";

/** A line of the tenant's log, with who and what it is about. */
export type Activity = {
  at: Date;
  action: string;
  /** Null for the product itself. */
  actorId: UserId | null;
  actorName: string;
  /** Whether a person of the platform's staff acted for the actor. */
  isByStaff: boolean;
  subjectType: string;
  subjectName: string;
  /** The project that the line is about. Null if it was deleted, or if the line is about something else. */
  projectId: string | null;
  details: Record<string, unknown>;
};

type JsonLine = {
  at: string;
  action: string;
  actor_id: UserId | null;
  actor_name: string;
  is_by_staff: boolean;
  subject_type: string;
  subject_name: string;
  project_id: string | null;
  details: Record<string, unknown>;
};

/** The newest `activityLimit` lines of the tenant's log, newest first, as a column of another query. */
export function activityColumn(db: TransactionDb) {
  const lines = db.select({
    at: auditLog.at,
    action: auditLog.action,
    actor_id: auditLog.actorId,
    actor_name: sql`${SHOWN_ACTOR}`.as("actor_name"),
    is_by_staff: sql`${auditLog.origin} ->> 'staff' is not null`.as("is_by_staff"),
    subject_type: auditLog.subjectType,
    subject_name: auditLog.subjectName,
    project_id: sql`${projects.id}`.as("project_id"),
    details: auditLog.details,
  }).from(auditLog).leftJoin(projects, eq(projects.id, auditLog.subjectId))
    .orderBy(desc(auditLog.sequence)).limit(sql.placeholder("activityLimit"));
  return jsonRows(lines, (line: JsonLine): Activity => ({
    at: new Date(line.at),
    action: line.action,
    actorId: line.actor_id,
    actorName: line.actor_name,
    isByStaff: line.is_by_staff,
    subjectType: line.subject_type,
    subjectName: line.subject_name,
    projectId: line.project_id,
    details: line.details,
  }));
}
