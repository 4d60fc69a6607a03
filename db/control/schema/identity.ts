import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, smallint, text, unique, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { supportVisits } from "./support.ts";
import { tenants } from "./tenants.ts";
import { users } from "./users.ts";

/** How people prove who they are. `email` is an emailed link or code, `oauth` an account at a provider such as Google. */
export const AUTHENTICATION_METHODS = [
  "password",
  "oauth",
  "email",
  "totp",
  "sms",
  "passkey",
  "recovery",
] as const;

/** When and how the person of a session or token last proved who they are. */
const authentication = {
  authenticatedAt: moment("authenticated_at").notNull().default(sql`'epoch'`),
  methods: text("methods", { enum: AUTHENTICATION_METHODS }).array().notNull().default(sql`'{}'`),
};

/** A browser's session on one host: the apex (no tenant) or a tenant's host. */
export const sessions = control.table("sessions", {
  id: uuid("id").primaryKey(),
  tokenHash: text("token_hash").notNull().unique(),
  /** Shared by all sessions of one sign-in: the first session, and those that handoffs opened from it. */
  signInId: uuid("sign_in_id").notNull(),
  userId: uuid("user_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
  tenantId: uuid("tenant_id").$type<TenantId>().references(() => tenants.id, { onDelete: "cascade" }),
  /** The tenant's custom domain, if the session is on that host. It works there only. */
  customDomain: text("custom_domain"),
  /** Set for a person of the platform's staff who acts for a member: the user is that person. */
  supportVisitId: uuid("support_visit_id").references(() => supportVisits.id, { onDelete: "cascade" }),
  remember: boolean("remember").notNull(),
  ipAddress: text("ip_address").notNull(),
  userAgent: text("user_agent").notNull(),
  ...authentication,
  createdAt: moment("created_at").notNull(),
  lastSeenAt: moment("last_seen_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
}, (table) => [
  index("sessions_user").on(table.userId),
  index("sessions_sign_in").on(table.signInId),
  index("sessions_expiry").on(table.expiresAt),
  index("sessions_support_visit").on(table.supportVisitId).where(sql`${table.supportVisitId} is not null`),
]);

/** Tokens that work once. Each is bound to its purpose, its user, and its tenant, if any. */
export const oneTimeTokens = control.table("one_time_tokens", {
  id: uuid("id").primaryKey(),
  tokenHash: text("token_hash").notNull().unique(),
  purpose: text("purpose", { enum: ["handoff", "set_password", "verify_email", "change_email", "sign_in"] })
    .notNull(),
  userId: uuid("user_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
  tenantId: uuid("tenant_id").$type<TenantId>().references(() => tenants.id, { onDelete: "cascade" }),
  details: jsonb("details").$type<Record<string, unknown>>().notNull().default({}),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
  usedAt: moment("used_at"),
}, (table) => [
  index("one_time_tokens_user").on(table.userId),
  index("one_time_tokens_expiry").on(table.expiresAt),
]);

/**
 * Sign-ups that wait for the code sent to their address (`SIGN_UP=verified`). They have no user or tenant yet, and don't reserve
 * their subdomain. The code isn't stored, because it is derived from the id and `APP_SECRET`.
 */
export const pendingSignUps = control.table("pending_sign_ups", {
  id: uuid("id").primaryKey(),
  /** SHA-256 of the secret that only the visitor's browser has. */
  tokenHash: text("token_hash").notNull().unique(),
  email: text("email").notNull(),
  name: text("name").notNull(),
  companyName: text("company_name").notNull(),
  subdomain: text("subdomain").notNull(),
  passwordHash: text("password_hash").notNull(),
  /** How many codes were entered. */
  attempts: smallint("attempts").notNull().default(0),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
}, (table) => [
  index("pending_sign_ups_email").on(table.email, table.createdAt),
  index("pending_sign_ups_created").on(table.createdAt),
]);

/** The kinds of browsers in which a person has signed in, so that a sign-in with another one is noticed. */
export const knownDevices = control.table("known_devices", {
  id: uuid("id").primaryKey(),
  userId: uuid("user_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
  /** Such as "Firefox on Linux". */
  browser: text("browser").notNull(),
  createdAt: moment("created_at").notNull(),
  lastSeenAt: moment("last_seen_at").notNull(),
}, (table) => [
  unique("known_devices_user_browser").on(table.userId, table.browser),
  index("known_devices_seen").on(table.lastSeenAt),
]);

/**
 * Sign-ins that wait for the link or the code sent to their address, which may have no account. The code isn't stored, because it is
 * derived from the id and `APP_SECRET`.
 */
export const emailSignIns = control.table("email_sign_ins", {
  id: uuid("id").primaryKey(),
  /** SHA-256 of the secret that only the visitor's browser has. */
  tokenHash: text("token_hash").notNull().unique(),
  email: text("email").notNull(),
  /** The workspace whose host the visitor signs in on. Null on the apex. */
  tenantId: uuid("tenant_id").$type<TenantId>().references(() => tenants.id, { onDelete: "cascade" }),
  remember: boolean("remember").notNull(),
  /** The path to open after signing in. */
  next: text("next"),
  /** How many codes were entered. */
  attempts: smallint("attempts").notNull().default(0),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
}, (table) => [
  index("email_sign_ins_email").on(table.email, table.createdAt),
  index("email_sign_ins_created").on(table.createdAt),
]);

/** Attempts to sign in to an account, whether they succeeded or not. Attempts with an unknown address are never stored. */
export const signInAttempts = control.table("sign_in_attempts", {
  id: uuid("id").primaryKey(),
  userId: uuid("user_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
  at: moment("at").notNull(),
  /** `limited` attempts were refused before anything was checked. */
  outcome: text("outcome", { enum: ["succeeded", "wrong_password", "wrong_code", "limited"] }).notNull(),
  /** What the person proved, or tried to prove. */
  methods: text("methods", { enum: AUTHENTICATION_METHODS }).array().notNull(),
  ipAddress: text("ip_address").notNull(),
  userAgent: text("user_agent").notNull(),
  /** How many equal attempts were made within a few seconds. */
  attempts: integer("attempts").notNull(),
}, (table) => [
  index("sign_in_attempts_user").on(table.userId, table.at, table.id),
  index("sign_in_attempts_at").on(table.at),
]);

/** API refresh tokens. Each works once, and the next token of its family replaces it. */
export const refreshTokens = control.table("refresh_tokens", {
  id: uuid("id").primaryKey(),
  familyId: uuid("family_id").notNull(),
  /** The family of the account token that this tenant token came from. Both end together. */
  parentFamilyId: uuid("parent_family_id"),
  tokenHash: text("token_hash").notNull().unique(),
  userId: uuid("user_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
  /** The only tenant that a tenant token opens. Null for an account token. */
  tenantId: uuid("tenant_id").$type<TenantId>().references(() => tenants.id, { onDelete: "cascade" }),
  ...authentication,
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
  usedAt: moment("used_at"),
  revokedAt: moment("revoked_at"),
}, (table) => [
  index("refresh_tokens_family").on(table.familyId),
  index("refresh_tokens_parent_family").on(table.parentFamilyId)
    .where(sql`${table.parentFamilyId} is not null`),
  index("refresh_tokens_user").on(table.userId),
  index("refresh_tokens_expiry").on(table.expiresAt),
]);

/** The keys that sign access tokens. The private keys are encrypted with `APP_SECRET`. */
export const signingKeys = control.table("signing_keys", {
  id: text("id").primaryKey(),
  publicJwk: jsonb("public_jwk").$type<JsonWebKey>().notNull(),
  sealedPrivateJwk: text("sealed_private_jwk").notNull(),
  createdAt: moment("created_at").notNull(),
});
