import { index, jsonb, primaryKey, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";

/**
 * Where each tenant's events are. `jobs.fan_out` locks the tenant's row until the change commits, so events become visible in the
 * order of their ids.
 */
export const eventPositions = control.table("event_positions", {
  tenantId: uuid("tenant_id").$type<TenantId>().primaryKey().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  /** The tenant's last event. */
  lastId: uuid("last_id").notNull(),
  /** The last of the deleted events. Null if none was deleted. */
  deletedId: uuid("deleted_id"),
});

/**
 * The tenants' events of the last two days, for event streams. Written by `jobs.fan_out` in the transaction of the change. The key
 * leads to `eventPositions` and not to `tenants`, whose row a concurrent change of the tenant may have locked.
 */
export const publishedEvents = control.table("published_events", {
  tenantId: uuid("tenant_id").$type<TenantId>().notNull().references(() => eventPositions.tenantId, {
    onDelete: "cascade",
  }),
  /** The `webhook-id` as well. */
  id: uuid("id").notNull(),
  /** Like the payload of a fan-out job: type, time and data. */
  event: jsonb("event").$type<unknown>().notNull(),
  createdAt: moment("created_at").notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenantId, table.id] }),
  index("published_events_created").on(table.createdAt),
]);
