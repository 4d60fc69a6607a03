import { bigint, index, jsonb, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";

/** Where a change came from. */
export type Origin = {
  kind: ActorKind;
  /** The client's IP address. */
  address?: string;
  request_id?: string;
  /** The background job that made the change. */
  job?: string;
  /** The name of the person of the platform's staff who acted for the member. */
  staff?: string;
  /** The API key that acted in the name of the member. */
  key?: { id: string; name: string };
  /** `cli:` and the operating system's user who ran the CLI. */
  operator?: string;
};

/** `staff` are the platform's people, `acting` is one of them who acts for a member, `system` is the product itself, such as its CLI. */
export type ActorKind = "member" | "acting" | "key" | "job" | "staff" | "system" | "visitor";

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
  origin: jsonb("origin").$type<Origin>(),
  salt: text("salt"),
  contentHash: text("content_hash").notNull(),
  previousHash: text("previous_hash").notNull(),
  hash: text("hash").notNull(),
}, (table) => [
  index("audit_log_subject").on(table.subjectId, table.sequence),
  index("audit_log_at").on(table.at, table.id),
  index("audit_log_actor").on(table.actorId, table.at, table.id),
  index("audit_log_action").on(table.action, table.at, table.id),
]);

/**
 * What is known about each tenant's log outside its schema: where it starts since older lines were deleted, and up to where it was
 * verified. A tenant's role can't reach this table, so a log whose end was cut off doesn't match it.
 */
export const auditChains = control.table("audit_chains", {
  tenantId: uuid("tenant_id").$type<TenantId>().primaryKey()
    .references(() => tenants.id, { onDelete: "cascade" }),
  /** The last deleted line. */
  anchorSequence: bigint("anchor_sequence", { mode: "number" }).notNull().default(0),
  anchorHash: text("anchor_hash").notNull().default(""),
  verifiedSequence: bigint("verified_sequence", { mode: "number" }).notNull().default(0),
  verifiedHash: text("verified_hash").notNull().default(""),
  verifiedAt: moment("verified_at"),
  /** The first line that doesn't match. */
  brokenAt: bigint("broken_at", { mode: "number" }),
});

/** Up to where the platform's own log was verified. One row. */
export const platformAuditChain = control.table("platform_audit_chain", {
  log: text("log", { enum: ["platform"] }).primaryKey(),
  verifiedSequence: bigint("verified_sequence", { mode: "number" }).notNull(),
  verifiedHash: text("verified_hash").notNull(),
  verifiedAt: moment("verified_at").notNull(),
  /** The first line that doesn't match. */
  brokenAt: bigint("broken_at", { mode: "number" }),
});
