import { sql } from "drizzle-orm";
import { index, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { users } from "./users.ts";
import type { SchemaName } from "../../tenant/schema_name.ts";

export const tenants = control.table("tenants", {
  id: uuid("id").$type<TenantId>().primaryKey(),
  name: text("name").notNull(),
  subdomain: text("subdomain").notNull().unique(),
  schemaName: text("schema_name").$type<SchemaName>().notNull().unique(),
  plan: text("plan", { enum: ["starter", "team", "premium", "enterprise"] }).notNull(),
  /** `deleting`: gone for everyone, and being removed for good. */
  status: text("status", { enum: ["active", "suspended", "deleting"] }).notNull().default("active"),
  suspendedAt: moment("suspended_at"),
  suspensionReason: text("suspension_reason"),
  /** When it will be deleted, if that is scheduled. */
  deletionDueAt: moment("deletion_due_at"),
  /** The look of its emails: `#rrggbb`, and an https address. Null: the product's own. */
  brandColor: text("brand_color"),
  logoUrl: text("logo_url"),
  /** The person who created it for themselves; null where the platform did, or where nobody noted it. */
  createdBy: uuid("created_by").$type<UserId>().references(() => users.id, { onDelete: "set null" }),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
}, (table) => [
  index("tenants_created").on(table.createdAt, table.id),
  index("tenants_created_by").on(table.createdBy).where(sql`${table.createdBy} is not null`),
  index("tenants_deletion_due").on(table.deletionDueAt).where(sql`${table.deletionDueAt} is not null`),
]);

/**
 * Every name that leads to a tenant: the one it has, and those it had, which redirect until they expire. One table for
 * both, so that its primary key is what keeps a name from being taken twice.
 */
export const subdomains = control.table("subdomains", {
  name: text("name").primaryKey(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  /** Null for the name that the tenant has now. */
  expiresAt: moment("expires_at"),
}, (table) => [index("subdomains_tenant").on(table.tenantId)]);
