/**
 * A tenant's own tables. They carry no schema's name and no tenant's id: `withTenant` sets both the role and the
 * search_path, and Postgres does the rest. Ids of users and tenants are stored as they are; no foreign key leaves the schema.
 */
import { sql } from "drizzle-orm";
import {
  bigint,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const projects = pgTable("projects", {
  id: uuid("id").primaryKey(),
  name: text("name").notNull(),
  description: text("description").notNull().default(""),
  status: text("status", { enum: ["active", "archived"] }).notNull().default("active"),
  ownerId: uuid("owner_id").notNull(),
  /** Counts the changes: what `If-Match` compares. */
  version: integer("version").notNull().default(1),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
}, (table) => [
  index("projects_name").on(sql`${table.name} collate "und-x-icu"`, table.id),
  index("projects_created").on(table.createdAt, table.id),
  index("projects_updated").on(table.updatedAt, table.id),
]);

/**
 * Who did what. The tenant's role reads it; the database's function audit.append adds. Each row carries a hash of itself
 * and of the row before; see src/audit/audit_log.ts.
 */
export const auditLog = pgTable("audit_log", {
  id: uuid("id").primaryKey(),
  sequence: bigint("sequence", { mode: "number" }).notNull().unique(),
  at: moment("at").notNull(),
  action: text("action").notNull(),
  actorId: uuid("actor_id"),
  actorName: text("actor_name").notNull(),
  subjectType: text("subject_type").notNull(),
  subjectId: uuid("subject_id"),
  subjectName: text("subject_name").notNull(),
  details: jsonb("details").$type<Record<string, unknown>>().notNull().default({}),
  salt: text("salt").notNull(),
  contentHash: text("content_hash").notNull(),
  previousHash: text("previous_hash").notNull(),
  hash: text("hash").notNull(),
}, (table) => [index("audit_log_at").on(table.at, table.id)]);

/** API calls a day (UTC), counted in the process and added in batches. */
export const apiUsage = pgTable("api_usage", {
  day: date("day").primaryKey(),
  calls: bigint("calls", { mode: "number" }).notNull(),
});

/** What the tenant had and did on each day (UTC). See src/analytics/daily_metrics.ts for the two kinds of metrics. */
export const dailyMetrics = pgTable("daily_metrics", {
  day: date("day").notNull(),
  metric: text("metric", { enum: ["members", "projects", "projects_created", "api_calls", "storage_bytes"] })
    .notNull(),
  value: bigint("value", { mode: "number" }).notNull(),
}, (table) => [primaryKey({ columns: [table.day, table.metric] })]);
