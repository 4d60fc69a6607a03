import { sql } from "drizzle-orm";
import { index, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import type { SchemaName } from "../../tenant/schema_name.ts";
import { control } from "./control.ts";
import { users } from "./users.ts";

export const tenants = control.table("tenants", {
  id: uuid("id").$type<TenantId>().primaryKey(),
  name: text("name").notNull(),
  subdomain: text("subdomain").notNull().unique(),
  schemaName: text("schema_name").$type<SchemaName>().notNull().unique(),
  plan: text("plan", { enum: ["starter", "team", "premium", "enterprise"] }).notNull(),
  /** A tenant that is `deleting` is hidden from everyone while its data is being permanently deleted. */
  status: text("status", { enum: ["active", "suspended", "deleting"] }).notNull().default("active"),
  suspendedAt: moment("suspended_at"),
  suspensionReason: text("suspension_reason"),
  /** When the tenant will be deleted, or null if no deletion is scheduled. */
  deletionDueAt: moment("deletion_due_at"),
  /** From when on members need a second factor. Null: they don't. */
  secondFactorFrom: moment("second_factor_from"),
  /** The websites whose scripts may call the API on the tenant's host. */
  apiOrigins: text("api_origins").array().notNull().default([]),
  /** `#rrggbb`. Null means the product's color. */
  brandColor: text("brand_color"),
  /** The version of the logo in the tenant's schema, so that pages know its URL without a query. Null means no logo. */
  logoVersion: text("logo_version"),
  /** The user who created the tenant for themselves. Null if the platform created it, or if the creator is unknown. */
  createdBy: uuid("created_by").$type<UserId>().references(() => users.id, { onDelete: "set null" }),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
}, (table) => [
  index("tenants_created").on(table.createdAt, table.id),
  index("tenants_created_by").on(table.createdBy).where(sql`${table.createdBy} is not null`),
  index("tenants_deletion_due").on(table.deletionDueAt).where(sql`${table.deletionDueAt} is not null`),
]);

/**
 * Every subdomain of a tenant: the current one, and former ones, which redirect until they expire. Both are in one
 * table, so that the primary key prevents two tenants from having the same name.
 */
export const subdomains = control.table("subdomains", {
  name: text("name").primaryKey(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  /** Null for the tenant's current subdomain. */
  expiresAt: moment("expires_at"),
}, (table) => [index("subdomains_tenant").on(table.tenantId)]);
