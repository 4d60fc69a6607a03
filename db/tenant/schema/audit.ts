import { bigint, index, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { Origin } from "../../control/schema/audit.ts";
import type { UserId } from "../../ids.ts";

/**
 * Who did what. The tenant's role can only read it, and the database function audit.append adds rows. Each row contains a hash of
 * itself and of the previous row. See src/audit/audit_log.ts.
 */
export const auditLog = pgTable("audit_log", {
  id: uuid("id").primaryKey(),
  sequence: bigint("sequence", { mode: "number" }).notNull().unique(),
  at: moment("at").notNull(),
  action: text("action").notNull(),
  actorId: uuid("actor_id").$type<UserId>(),
  actorName: text("actor_name").notNull(),
  subjectType: text("subject_type").notNull(),
  subjectId: uuid("subject_id"),
  subjectName: text("subject_name").notNull(),
  details: jsonb("details").$type<Record<string, unknown>>().notNull().default({}),
  /** Null in lines that older versions wrote. */
  origin: jsonb("origin").$type<Origin>(),
  salt: text("salt").notNull(),
  contentHash: text("content_hash").notNull(),
  previousHash: text("previous_hash").notNull(),
  hash: text("hash").notNull(),
}, (table) => [
  index("audit_log_at").on(table.at, table.id),
  index("audit_log_subject").on(table.subjectId, table.sequence),
  index("audit_log_actor").on(table.actorId, table.at, table.id),
  index("audit_log_action").on(table.action, table.at, table.id),
]);
