import { bigint, date, index, integer, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId } from "../../ids.ts";
import { ownRows, stream } from "./stream.ts";

/** The hours (UTC) with new events since the last rollup. Each batch adds its own rows, so that no batch waits for another. */
export const analyticsChanges = stream.table("analytics_changes", {
  tenantId: uuid("tenant_id").$type<TenantId>().notNull(),
  hour: moment("hour").notNull(),
}, (table) => [index("analytics_changes_hour").on(table.tenantId, table.hour), ownRows()]);

/** Events per day of the tenant's time zone, by name. They stay when the events themselves are deleted. */
export const analyticsDaily = stream.table("analytics_daily", {
  tenantId: uuid("tenant_id").$type<TenantId>().notNull(),
  day: date("day").notNull(),
  event: text("event").notNull(),
  events: bigint("events", { mode: "number" }).notNull(),
}, (table) => [primaryKey({ columns: [table.tenantId, table.day, table.event] }), ownRows()]);

/**
 * The days on which each person was active: bit 0 of `days` is the first day of `month`. So people of any range of days can be
 * counted, each once.
 */
export const analyticsUserMonths = stream.table("analytics_user_months", {
  tenantId: uuid("tenant_id").$type<TenantId>().notNull(),
  month: date("month").notNull(),
  userId: text("user_id").notNull(),
  days: integer("days").notNull(),
}, (table) => [primaryKey({ columns: [table.tenantId, table.month, table.userId] }), ownRows()]);

/** How often a tenant's figures were rolled up. The version tells whether cached reports are current. */
export const analyticsRollups = stream.table("analytics_rollups", {
  tenantId: uuid("tenant_id").$type<TenantId>().primaryKey(),
  version: bigint("version", { mode: "number" }).notNull(),
  rolledUpAt: moment("rolled_up_at").notNull(),
}, () => [ownRows()]);
