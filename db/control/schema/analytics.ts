import { jsonb, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";

/** What a workspace's websites need to send events from browsers. */
export const analyticsSources = control.table("analytics_sources", {
  tenantId: uuid("tenant_id").$type<TenantId>().primaryKey().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  /** Stands in the source of every page, so it is no secret. */
  publishableKey: text("publishable_key").notNull().unique(),
  /** The origins of the pages that may send, such as `https://www.acme.com`. */
  origins: jsonb("origins").$type<string[]>().notNull(),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
});

/** Which of a tenant's published events are analytics events already. */
export const analyticsPositions = control.table("analytics_positions", {
  tenantId: uuid("tenant_id").$type<TenantId>().primaryKey().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  /** The last one. */
  lastId: uuid("last_id").notNull(),
});
