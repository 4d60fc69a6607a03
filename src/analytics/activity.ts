import { desc, eq, sql } from "drizzle-orm";
import { prepareQuery } from "../../db/connection/prepared.ts";
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

/** The newest `limit` lines of the tenant's log, newest first. Can be sent in one round trip with other queries. */
export const recentActivity = prepareQuery((db) =>
  db.select({
    at: auditLog.at,
    action: auditLog.action,
    actorId: auditLog.actorId,
    actorName: SHOWN_ACTOR,
    isByStaff: sql<boolean>`${auditLog.origin} ->> 'staff' is not null`,
    subjectType: auditLog.subjectType,
    subjectName: auditLog.subjectName,
    projectId: projects.id,
    details: auditLog.details,
  }).from(auditLog).leftJoin(projects, eq(projects.id, auditLog.subjectId))
    .orderBy(desc(auditLog.sequence)).limit(sql.placeholder("limit"))
);
