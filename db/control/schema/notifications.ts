import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  jsonb,
  primaryKey,
  smallint,
  text,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";
import { users } from "./users.ts";

export const NOTIFICATION_CHANNELS = ["feed", "email", "text", "push"] as const;

const userId = () =>
  uuid("user_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" });

/** What people are told, for 90 days. They stand in `control`, because they belong to people, not to a tenant's data. */
export const notifications = control.table("notifications", {
  id: uuid("id").primaryKey(),
  userId: userId(),
  /** The tenant that it is about. Null: the platform. */
  tenantId: uuid("tenant_id").$type<TenantId>().references(() => tenants.id, { onDelete: "cascade" }),
  /** Whether it shows in each of the person's workspaces, and not only in the one that it is about. */
  isPersonal: boolean("is_personal").notNull(),
  /** Whether the person wants to see its kind in the feed. If not, it is kept for its email and to be told only once. */
  inFeed: boolean("in_feed").notNull(),
  kind: text("kind").notNull(),
  /** The values of the kind's sentence and link. */
  data: jsonb("data").$type<Record<string, unknown>>().notNull(),
  /** The job that read the event. */
  eventId: uuid("event_id").notNull(),
  createdAt: moment("created_at").notNull(),
  readAt: moment("read_at"),
  /** When the daily email that includes it is due. Null: none includes it. */
  digestAt: moment("digest_at"),
}, (table) => [
  unique("notifications_event").on(table.eventId, table.userId),
  index("notifications_user").on(table.userId, table.createdAt, table.id),
  index("notifications_unread").on(table.userId, table.createdAt, table.id).where(
    sql`${table.readAt} is null`,
  ),
  index("notifications_tenant").on(table.tenantId).where(sql`${table.tenantId} is not null`),
  index("notifications_created").on(table.createdAt),
]);

/** How often a person's notifications have changed. The row is locked until a change commits, so no number is skipped. */
export const notificationFeeds = control.table("notification_feeds", {
  userId: userId().primaryKey(),
  version: bigint("version", { mode: "number" }).notNull(),
});

/** Where people want to be told of a kind, if they chose something else than its default. */
export const notificationChoices = control.table("notification_choices", {
  userId: userId(),
  kind: text("kind").notNull(),
  channel: text("channel", { enum: NOTIFICATION_CHANNELS }).notNull(),
  isOn: boolean("is_on").notNull(),
}, (table) => [primaryKey({ columns: [table.userId, table.kind, table.channel] })]);

/** When people want to be told. */
export const notificationTimes = control.table("notification_times", {
  userId: userId().primaryKey(),
  /** Such as `Europe/Berlin`. */
  timeZone: text("time_zone").notNull(),
  /** Minutes since midnight. Null: no quiet hours. */
  quietFrom: smallint("quiet_from"),
  quietUntil: smallint("quiet_until"),
  /** Whether one email a day has all notifications. */
  isDigest: boolean("is_digest").notNull(),
}, (table) => [
  check("notification_times_quiet", sql`(${table.quietFrom} is null) = (${table.quietUntil} is null)`),
]);
