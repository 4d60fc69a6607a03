import { sql } from "drizzle-orm";
import { boolean, index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { UserId } from "../../ids.ts";

export const projects = pgTable("projects", {
  id: uuid("id").primaryKey(),
  name: text("name").notNull(),
  description: text("description").notNull().default(""),
  status: text("status", { enum: ["active", "archived"] }).notNull().default("active"),
  /** Whether the project belongs to the sample data, which can be removed in one step. */
  isSample: boolean("is_sample").notNull().default(false),
  ownerId: uuid("owner_id").$type<UserId>(),
  /** Increases with every change. `If-Match` compares it. */
  version: integer("version").notNull().default(1),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
}, (table) => [
  index("projects_name").on(sql`${table.name} collate "und-x-icu"`, table.id),
  index("projects_created").on(table.createdAt, table.id),
  index("projects_updated").on(table.updatedAt, table.id),
]);
