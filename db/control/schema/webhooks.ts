import { sql } from "drizzle-orm";
import { index, integer, jsonb, smallint, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";
import { users } from "./users.ts";

export const DISABLED_REASONS = ["manual", "gone", "failing"] as const;
export const DELIVERY_STATUSES = ["pending", "delivered", "failed", "skipped"] as const;

/**
 * Where tenants want their events sent. They stand in `control`, like other credentials, so that `config rotate-keys` reaches
 * the sealed secrets, and a delivery needs no tenant's schema.
 */
export const webhookEndpoints = control.table("webhook_endpoints", {
  id: uuid("id").primaryKey(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  url: text("url").notNull(),
  description: text("description").notNull(),
  /** Event types such as `project.created`, all of a noun such as `project.*`, or `*`. */
  events: jsonb("events").$type<string[]>().notNull(),
  /** Additional request headers, as JSON. They may contain credentials of the receiver. */
  sealedHeaders: text("sealed_headers"),
  /** The most attempts per second. Null for no limit. */
  rateLimit: smallint("rate_limit"),
  /** When the next attempt may start, if there is a limit. */
  nextSlotAt: moment("next_slot_at"),
  /** Until when the attempts that were sent use up the limit. */
  pacedUntil: moment("paced_until"),
  sealedSecret: text("sealed_secret").notNull(),
  /** The secret before the last rotation. It signs as well until `previousSecretUntil`. */
  sealedPreviousSecret: text("sealed_previous_secret"),
  previousSecretUntil: moment("previous_secret_until"),
  /** The last rotation, by which a repeated form is recognized. */
  rotationId: uuid("rotation_id"),
  status: text("status", { enum: ["active", "disabled"] }).notNull(),
  disabledReason: text("disabled_reason", { enum: DISABLED_REASONS }),
  disabledAt: moment("disabled_at"),
  /** The first failed attempt since the last success. */
  failingSince: moment("failing_since"),
  /** When someone was told that deliveries fail. */
  failureToldAt: moment("failure_told_at"),
  /** A failure after five days without a success. Another one 12 to 24 hours later disables the endpoint. */
  lastChanceAt: moment("last_chance_at"),
  createdBy: uuid("created_by").$type<UserId>().references(() => users.id, { onDelete: "set null" }),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
}, (table) => [
  index("webhook_endpoints_tenant").on(table.tenantId, table.createdAt, table.id),
  index("webhook_endpoints_creator").on(table.createdBy).where(sql`${table.createdBy} is not null`),
]);

/** The events that at least one endpoint gets. The id is that of the fan-out job, and the `webhook-id` of every attempt. */
export const webhookEvents = control.table("webhook_events", {
  id: uuid("id").primaryKey(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  type: text("type").notNull(),
  /** The exact bytes that are signed and sent. */
  body: text("body").notNull(),
  createdAt: moment("created_at").notNull(),
}, (table) => [
  index("webhook_events_tenant").on(table.tenantId),
  index("webhook_events_created").on(table.createdAt),
]);

/** An event on its way to one endpoint. Its attempts are in `stream.webhook_attempts`. */
export const webhookDeliveries = control.table("webhook_deliveries", {
  id: uuid("id").primaryKey(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  endpointId: uuid("endpoint_id").notNull().references(() => webhookEndpoints.id, { onDelete: "cascade" }),
  eventId: uuid("event_id").notNull().references(() => webhookEvents.id, { onDelete: "cascade" }),
  event: text("event").notNull(),
  status: text("status", { enum: DELIVERY_STATUSES }).notNull(),
  /** All attempts, including those before someone sent it again. */
  attempts: integer("attempts").notNull().default(0),
  /** How many attempts there were when the present series began. */
  seriesStart: integer("series_start").notNull().default(0),
  nextAttemptAt: moment("next_attempt_at"),
  responseStatus: smallint("response_status"),
  /** Why the last attempt failed, in a word. */
  error: text("error"),
  createdAt: moment("created_at").notNull(),
  endedAt: moment("ended_at"),
}, (table) => [
  uniqueIndex("webhook_deliveries_event").on(table.eventId, table.endpointId),
  index("webhook_deliveries_tenant").on(table.tenantId, table.createdAt, table.id),
  index("webhook_deliveries_endpoint").on(table.endpointId, table.createdAt, table.id),
  index("webhook_deliveries_pending").on(table.endpointId).where(sql`${table.status} = 'pending'`),
]);
