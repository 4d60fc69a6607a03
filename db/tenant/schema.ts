/**
 * A tenant's own tables. They carry no schema's name and no tenant's id: `withTenant` sets both the role and the
 * search_path, and Postgres does the rest. Ids of users and tenants are stored as they are; no foreign key leaves the schema.
 */
import { sql } from "drizzle-orm";
import { bigint, date, index, integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

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
  index("projects_name").on(sql`lower(${table.name})`, table.id),
  index("projects_created").on(table.createdAt, table.id),
  index("projects_updated").on(table.updatedAt, table.id),
]);

/** Who did what. The tenant's role may add and read; it can't change or remove. */
export const auditLog = pgTable("audit_log", {
  id: uuid("id").primaryKey(),
  at: moment("at").notNull(),
  actorId: uuid("actor_id"),
  actorName: text("actor_name").notNull(),
  action: text("action").notNull(),
  subjectType: text("subject_type").notNull(),
  subjectId: uuid("subject_id"),
  subjectName: text("subject_name").notNull(),
}, (table) => [index("audit_log_at").on(table.at, table.id)]);

/** API calls a day (UTC), counted in the process and added in batches. */
export const apiUsage = pgTable("api_usage", {
  day: date("day").primaryKey(),
  calls: bigint("calls", { mode: "number" }).notNull(),
});
