import { bigint, index, jsonb, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { UserId } from "../../ids.ts";
import { control } from "./control.ts";

/** Who did what to tenants and to the platform. See src/audit/audit_log.ts for the hashes. */
export const platformAuditLog = control.table("audit_log", {
  id: uuid("id").primaryKey(),
  sequence: bigint("sequence", { mode: "number" }).notNull().unique(),
  at: moment("at").notNull(),
  action: text("action").notNull(),
  actorId: uuid("actor_id").$type<UserId>(),
  actorName: text("actor_name"),
  subjectType: text("subject_type"),
  subjectId: uuid("subject_id"),
  subjectName: text("subject_name"),
  details: jsonb("details").$type<Record<string, unknown>>(),
  salt: text("salt"),
  contentHash: text("content_hash").notNull(),
  previousHash: text("previous_hash").notNull(),
  hash: text("hash").notNull(),
}, (table) => [index("audit_log_subject").on(table.subjectId, table.sequence)]);
