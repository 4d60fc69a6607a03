import { index, jsonb, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { users } from "./users.ts";

/** What the platform's staff tell the members of workspaces, above their pages. */
export const announcements = control.table("announcements", {
  id: uuid("id").primaryKey(),
  kind: text("kind", { enum: ["info", "warning"] }).notNull(),
  text: text("text").notNull(),
  /** Where to read more. Null: nowhere. */
  linkUrl: text("link_url"),
  /** The keys of the plans whose workspaces see it. Empty: all. */
  plans: jsonb("plans").$type<string[]>().notNull(),
  startsAt: moment("starts_at").notNull(),
  endsAt: moment("ends_at").notNull(),
  createdAt: moment("created_at").notNull(),
}, (table) => [index("announcements_end").on(table.endsAt)]);

/** Who doesn't want to see an announcement again. */
export const announcementDismissals = control.table("announcement_dismissals", {
  announcementId: uuid("announcement_id").notNull()
    .references(() => announcements.id, { onDelete: "cascade" }),
  userId: uuid("user_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
}, (table) => [
  primaryKey({ columns: [table.announcementId, table.userId] }),
  index("announcement_dismissals_user").on(table.userId),
]);
