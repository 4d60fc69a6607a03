import { index, jsonb, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";
import { users } from "./users.ts";

/** Reports that a tenant keeps under a name, and the link with which anyone may read one for a while. */
export const savedReports = control.table("saved_reports", {
  id: uuid("id").primaryKey(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  name: text("name").notNull(),
  kind: text("kind", { enum: ["usage", "active_users", "funnel", "retention", "breakdown"] }).notNull(),
  /** What the report is about, as its kind takes it. */
  query: jsonb("query").$type<Record<string, unknown>>().notNull(),
  createdBy: uuid("created_by").$type<UserId>().references(() => users.id, { onDelete: "set null" }),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
  /** SHA-256 of the link's token. Null: there is no link. */
  linkHash: text("link_hash").unique(),
  linkExpiresAt: moment("link_expires_at"),
}, (table) => [
  index("saved_reports_tenant").on(table.tenantId, table.createdAt, table.id),
  index("saved_reports_created_by").on(table.createdBy),
]);

/** The tenants of which a heavy report is running. After a crash, the row counts until it is too old. */
export const runningReports = control.table("running_reports", {
  tenantId: uuid("tenant_id").$type<TenantId>().primaryKey().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  /** The run that may delete the row. */
  run: uuid("run").notNull(),
  startedAt: moment("started_at").notNull(),
});
