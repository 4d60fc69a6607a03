import { sql } from "drizzle-orm";
import { bigint, index, integer, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { bytes, moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";
import { users } from "./users.ts";

/** Archives of a tenant's data, from the request until they expire. */
export const workspaceExports = control.table("workspace_exports", {
  id: uuid("id").primaryKey(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  requestedBy: uuid("requested_by").$type<UserId>().references(() => users.id, { onDelete: "set null" }),
  status: text("status", { enum: ["pending", "ready", "failed"] }).notNull(),
  /** The size of the archive, its SHA-256, and the number of rows in it. Null until it is ready. */
  size: bigint("size", { mode: "number" }),
  sha256: text("sha256"),
  rows: bigint("rows", { mode: "number" }),
  createdAt: moment("created_at").notNull(),
  /** When it was ready, or failed. */
  endedAt: moment("ended_at"),
  expiresAt: moment("expires_at").notNull(),
}, (table) => [
  uniqueIndex("workspace_exports_pending").on(table.tenantId).where(sql`${table.status} = 'pending'`),
  index("workspace_exports_tenant").on(table.tenantId, table.createdAt, table.id),
  index("workspace_exports_requester").on(table.requestedBy).where(sql`${table.requestedBy} is not null`),
  index("workspace_exports_expiry").on(table.expiresAt),
]);

/** The bytes of an archive in pieces, so that every process can serve it and memory holds one piece. */
export const exportChunks = control.table("export_chunks", {
  exportId: uuid("export_id").notNull().references(() => workspaceExports.id, { onDelete: "cascade" }),
  number: integer("number").notNull(),
  bytes: bytes("bytes").notNull(),
}, (table) => [primaryKey({ columns: [table.exportId, table.number] })]);
