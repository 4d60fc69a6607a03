import { sql } from "drizzle-orm";
import { bigint, index, jsonb, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId } from "../../ids.ts";
import { ownRows, stream } from "./stream.ts";

/** The order in which events arrived. PostgreSQL 15 has no identity columns in partitioned tables. */
export const analyticsEventOrder = stream.sequence("analytics_event_order");

/** What people did in a workspace's product, in ours, or on a website, partitioned by month. See src/analytics/track. */
export const analyticsEvents = stream.table("analytics_events", {
  tenantId: uuid("tenant_id").$type<TenantId>().notNull(),
  /** The client's id if that is a UUID, a UUID made of it if it is another text, or a new one. */
  id: uuid("id").notNull(),
  sequence: bigint("sequence", { mode: "number" }).notNull()
    .default(sql`nextval('stream.analytics_event_order')`),
  event: text("event").notNull(),
  /** Whoever the sender says. */
  userId: text("user_id"),
  properties: jsonb("properties").$type<Record<string, unknown>>().notNull(),
  occurredAt: moment("occurred_at").notNull(),
  receivedAt: moment("received_at").notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenantId, table.occurredAt, table.sequence] }),
  index("analytics_events_name").on(table.tenantId, table.event, table.occurredAt),
  // Rows arrive in this order, so a small index finds what is new.
  index("analytics_events_received").using("brin", table.receivedAt),
  ownRows(),
]);

/**
 * The ids that senders gave their events in the last 35 days, by which a repeated event is recognized. Not partitioned by time: a
 * unique key of a partitioned table includes the time, so the same id could come twice.
 */
export const analyticsEventIds = stream.table("analytics_event_ids", {
  tenantId: uuid("tenant_id").$type<TenantId>().notNull(),
  id: uuid("id").notNull(),
  receivedAt: moment("received_at").notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenantId, table.id] }),
  index("analytics_event_ids_received").on(table.receivedAt),
  ownRows(),
]);
