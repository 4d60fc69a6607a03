/** Schema `control`: what is not a tenant's own. Only the application's login role sees it. */
import {
  boolean,
  index,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";

export const control = pgSchema("control");

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const users = control.table("users", {
  id: uuid("id").primaryKey(),
  /** Lower case, trimmed: one address, one user. */
  email: text("email").notNull().unique(),
  name: text("name").notNull(),
  /** PHC string of Argon2id; null until the person sets a password by a one-time link. */
  passwordHash: text("password_hash"),
  isPlatformAdmin: boolean("is_platform_admin").notNull().default(false),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
});

export const tenants = control.table("tenants", {
  id: uuid("id").primaryKey(),
  name: text("name").notNull(),
  subdomain: text("subdomain").notNull().unique(),
  schemaName: text("schema_name").notNull().unique(),
  plan: text("plan", { enum: ["starter", "team", "premium", "enterprise"] }).notNull(),
  status: text("status", { enum: ["active", "suspended"] }).notNull().default("active"),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
});

export const memberships = control.table("memberships", {
  id: uuid("id").primaryKey(),
  tenantId: uuid("tenant_id").notNull().references(() => tenants.id, { onDelete: "cascade" }),
  userId: uuid("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
  role: text("role", { enum: ["owner", "admin", "member", "viewer"] }).notNull(),
  createdAt: moment("created_at").notNull(),
}, (table) => [
  unique("memberships_tenant_user").on(table.tenantId, table.userId),
  index("memberships_user").on(table.userId),
]);

/** A browser's session on one host: the apex (no tenant), or one tenant's. */
export const sessions = control.table("sessions", {
  id: uuid("id").primaryKey(),
  tokenHash: text("token_hash").notNull().unique(),
  /** Shared by all sessions that one sign-in led to: the apex's, and those that handoffs opened from it. */
  signInId: uuid("sign_in_id").notNull(),
  userId: uuid("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
  tenantId: uuid("tenant_id").references(() => tenants.id, { onDelete: "cascade" }),
  remember: boolean("remember").notNull(),
  ipAddress: text("ip_address").notNull(),
  userAgent: text("user_agent").notNull(),
  createdAt: moment("created_at").notNull(),
  lastSeenAt: moment("last_seen_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
}, (table) => [
  index("sessions_user").on(table.userId),
  index("sessions_sign_in").on(table.signInId),
  index("sessions_expiry").on(table.expiresAt),
]);

/** Secrets that open one door once: each is bound to its purpose, its user and, where there is one, its tenant. */
export const oneTimeTokens = control.table("one_time_tokens", {
  id: uuid("id").primaryKey(),
  tokenHash: text("token_hash").notNull().unique(),
  purpose: text("purpose", { enum: ["handoff", "set_password"] }).notNull(),
  userId: uuid("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
  tenantId: uuid("tenant_id").references(() => tenants.id, { onDelete: "cascade" }),
  details: jsonb("details").$type<Record<string, unknown>>().notNull().default({}),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
  usedAt: moment("used_at"),
}, (table) => [index("one_time_tokens_expiry").on(table.expiresAt)]);

/** API refresh tokens. Each is used once and replaced by the next of its family. */
export const refreshTokens = control.table("refresh_tokens", {
  id: uuid("id").primaryKey(),
  familyId: uuid("family_id").notNull(),
  tokenHash: text("token_hash").notNull().unique(),
  userId: uuid("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
  tenantId: uuid("tenant_id").notNull().references(() => tenants.id, { onDelete: "cascade" }),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
  usedAt: moment("used_at"),
  revokedAt: moment("revoked_at"),
}, (table) => [
  index("refresh_tokens_family").on(table.familyId),
  index("refresh_tokens_user").on(table.userId),
  index("refresh_tokens_expiry").on(table.expiresAt),
]);

/** The keys that sign access tokens; the private half is encrypted under `APP_SECRET`. */
export const signingKeys = control.table("signing_keys", {
  id: text("id").primaryKey(),
  publicJwk: jsonb("public_jwk").$type<JsonWebKey>().notNull(),
  sealedPrivateJwk: text("sealed_private_jwk").notNull(),
  createdAt: moment("created_at").notNull(),
});

/** One row: the role without login that owns all tenants' tables. The application takes it on to make and migrate them. */
export const installation = control.table("installation", {
  ownerRole: text("owner_role").primaryKey(),
});

/** Which migrations this schema has had. */
export const controlMigrations = control.table("migrations", {
  version: text("version").primaryKey(),
  checksum: text("checksum").notNull(),
  appliedAt: moment("applied_at").notNull().defaultNow(),
});

/** Which migrations each tenant's schema has had. */
export const tenantMigrations = control.table("tenant_migrations", {
  tenantId: uuid("tenant_id").notNull().references(() => tenants.id, { onDelete: "cascade" }),
  version: text("version").notNull(),
  checksum: text("checksum").notNull(),
  appliedAt: moment("applied_at").notNull().defaultNow(),
}, (table) => [primaryKey({ columns: [table.tenantId, table.version] })]);
