import { sql } from "drizzle-orm";
import { index, integer, jsonb, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import type { SchemaName } from "../../tenant/schema_name.ts";
import { control } from "./control.ts";
import { users } from "./users.ts";

/** `key` is a limit's or plan feature's name. `limit` is null for unlimited, and `ends_at` null for no end. */
export type StoredOverride =
  | { key: string; limit: number | null; ends_at: string | null }
  | { key: string; allowed: boolean; ends_at: string | null };

/** `from` is null for the first time zone. */
export type StoredTimeZone = { zone: string; from: string | null };

export const tenants = control.table("tenants", {
  id: uuid("id").$type<TenantId>().primaryKey(),
  name: text("name").notNull(),
  subdomain: text("subdomain").notNull().unique(),
  /** The custom domain that links use. Null: links use the subdomain. */
  primaryDomain: text("primary_domain"),
  schemaName: text("schema_name").$type<SchemaName>().notNull().unique(),
  /** The plan that applies, as billing decided it from the account. Billing alone writes these columns after the sign-up. */
  plan: text("plan", { enum: ["starter", "team", "premium", "enterprise"] }).notNull(),
  planVersion: integer("plan_version").notNull().default(1),
  /** From when on the tenant is on Starter, for example because its trial ends. Null: the plan has no end. */
  planUntil: moment("plan_until"),
  /** From when on the workspace is read-only, because a payment failed. Null: it isn't. */
  restrictedFrom: moment("restricted_from"),
  /** What staff allow beside the plan, as `Override`s. */
  overrides: jsonb("overrides").$type<StoredOverride[]>().notNull().default([]),
  /** A tenant that is `deleting` is hidden from everyone while its data is being permanently deleted. */
  status: text("status", { enum: ["active", "suspended", "deleting"] }).notNull().default("active"),
  suspendedAt: moment("suspended_at"),
  suspensionReason: text("suspension_reason"),
  /** When the last suspension ended. */
  resumedAt: moment("resumed_at"),
  /** When the tenant will be deleted, or null if no deletion is scheduled. */
  deletionDueAt: moment("deletion_due_at"),
  /** From when on members need a second factor. Null: they don't. */
  secondFactorFrom: moment("second_factor_from"),
  /** The websites whose scripts may call the API on the tenant's host. */
  apiOrigins: text("api_origins").array().notNull().default([]),
  /** The time zones of the tenant's days, one after another. None: UTC. */
  timeZones: jsonb("time_zones").$type<StoredTimeZone[]>().notNull().default([]),
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
  index("tenants_plan_until").on(table.planUntil).where(sql`${table.planUntil} is not null`),
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
