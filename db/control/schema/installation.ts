import { sql } from "drizzle-orm";
import { index, text } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import { control } from "./control.ts";

/** One row: what this installation has made in the server besides its schemas. */
export const installation = control.table("installation", {
  /** The role without login that owns all tenants' tables; it is taken on to make and to migrate them. */
  ownerRole: text("owner_role").primaryKey(),
  /** The application's login, which may act as every tenant's role. Empty until the first migration by this code. */
  login: text("login").notNull().default(""),
});

/** Rows to lock for what one transaction at a time may do. Any role could hold advisory locks. */
export const locks = control.table("locks", {
  name: text("name", { enum: ["audit_log", "dispatch", "signing_keys"] }).primaryKey(),
});

/** Which migrations this schema has had. */
export const controlMigrations = control.table("migrations", {
  version: text("version").primaryKey(),
  checksum: text("checksum").notNull(),
  appliedAt: moment("applied_at").notNull().defaultNow(),
});

/**
 * The ledger of all tenants' schemas, those included that wait for a tenant. `version` is the newest migration a schema
 * has had; `checksum` covers that migration and all before it.
 */
export const tenantSchemas = control.table("tenant_schemas", {
  name: text("name").primaryKey(),
  version: text("version").notNull(),
  checksum: text("checksum").notNull(),
  migratedAt: moment("migrated_at").notNull(),
  /** When it became a tenant's; null while it is ready to be. */
  claimedAt: moment("claimed_at"),
  /** Why its last migration failed, and when; null once one has succeeded. */
  failure: text("failure"),
  failedAt: moment("failed_at"),
}, (table) => [index("tenant_schemas_ready").on(table.name).where(sql`${table.claimedAt} is null`)]);

/** Roles that wait, made and granted, for the next schemas. See db/ready_roles.ts. */
export const readyRoles = control.table("ready_roles", { name: text("name").primaryKey() });

/**
 * Roles of deleted tenants that another database of the same server still uses, such as a restored copy. Upkeep drops them
 * once it doesn't.
 */
export const droppedRoles = control.table("dropped_roles", { name: text("name").primaryKey() });
