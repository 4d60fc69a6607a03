import { sql } from "drizzle-orm";
import { index, text } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import { control } from "./control.ts";

/** A single row with the roles that this installation uses on the server. */
export const installation = control.table("installation", {
  /** The role that owns all tenants' tables. It can't log in. The migration login sets this role to create and migrate tables. */
  ownerRole: text("owner_role").primaryKey(),
  /** The application's login, which may act as every tenant's role. Empty until the first migration by this code. */
  login: text("login").notNull().default(""),
});

/**
 * Rows that a transaction locks to be the only one of its kind. Advisory locks are no option, because any role could
 * hold them.
 */
export const locks = control.table("locks", {
  name: text("name", { enum: ["audit_log", "dispatch", "signing_keys"] }).primaryKey(),
});

/** A single row that the primary renews about once a second while a replica is configured. Its age on a replica is the replica's lag. */
export const replicaHeartbeat = control.table("replica_heartbeat", {
  name: text("name", { enum: ["primary"] }).primaryKey(),
  at: moment("at").notNull(),
});

/** The migrations that were applied to schema `control`. */
export const controlMigrations = control.table("migrations", {
  version: text("version").primaryKey(),
  checksum: text("checksum").notNull(),
  appliedAt: moment("applied_at").notNull().defaultNow(),
});

/**
 * The ledger of all tenant schemas, including ready ones without a tenant. `version` is a schema's newest migration. `checksum`
 * covers that migration and all earlier ones.
 */
export const tenantSchemas = control.table("tenant_schemas", {
  name: text("name").primaryKey(),
  version: text("version").notNull(),
  checksum: text("checksum").notNull(),
  migratedAt: moment("migrated_at").notNull(),
  /** When a tenant claimed the schema. Null while the schema is ready for a tenant. */
  claimedAt: moment("claimed_at"),
  /** Why and when its last migration failed. Null after a success. */
  failure: text("failure"),
  failedAt: moment("failed_at"),
}, (table) => [index("tenant_schemas_ready").on(table.name).where(sql`${table.claimedAt} is null`)]);

/** Roles that are ready for the next schemas, created and granted. See db/migration/ready_roles.ts. */
export const readyRoles = control.table("ready_roles", { name: text("name").primaryKey() });

/**
 * Roles of deleted tenants that another database on the same server still uses, such as a restored copy. Upkeep drops each role
 * when no database uses it any longer.
 */
export const droppedRoles = control.table("dropped_roles", { name: text("name").primaryKey() });
