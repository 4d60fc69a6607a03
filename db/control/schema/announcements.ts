import { sql } from "drizzle-orm";
import { boolean, index, jsonb, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";
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
  /** The tenant whose campaign with the same id emails it. Null: none does. */
  senderId: uuid("sender_id").$type<TenantId>().references(() => tenants.id, { onDelete: "set null" }),
  startsAt: moment("starts_at").notNull(),
  endsAt: moment("ends_at").notNull(),
  createdAt: moment("created_at").notNull(),
}, (table) => [
  index("announcements_end").on(table.endsAt),
  index("announcements_sender").on(table.senderId).where(sql`${table.senderId} is not null`),
]);

/** The tenant that emails news to the product's users, who are its contacts. At most one row. */
export const newsSender = control.table("news_sender", {
  name: text("name", { enum: ["current"] }).primaryKey(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull().unique()
    .references(() => tenants.id, { onDelete: "cascade" }),
  /** The users of this moment are its contacts. Null: they aren't yet. */
  syncedAt: moment("synced_at"),
  /** Whether the tenant's plan had no room for all of them. */
  isFull: boolean("is_full").notNull().default(false),
});

/** Who doesn't want to see an announcement again. */
export const announcementDismissals = control.table("announcement_dismissals", {
  announcementId: uuid("announcement_id").notNull()
    .references(() => announcements.id, { onDelete: "cascade" }),
  userId: uuid("user_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
}, (table) => [
  primaryKey({ columns: [table.announcementId, table.userId] }),
  index("announcement_dismissals_user").on(table.userId),
]);
