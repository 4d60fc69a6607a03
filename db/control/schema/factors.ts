import { bigint, boolean, index, smallint, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";
import { users } from "./users.ts";

/** People's second factors. `passkeys` has the keys of those with type `passkey`. */
export const factors = control.table("factors", {
  id: uuid("id").primaryKey(),
  userId: uuid("user_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
  type: text("type", { enum: ["totp", "sms", "email", "passkey"] }).notNull(),
  name: text("name").notNull(),
  /** The secret of an authenticator app, or the number of a phone, encrypted with `APP_SECRET`. */
  sealedSecret: text("sealed_secret"),
  /** The last time step (RFC 6238) whose code was used. Codes of this step and of earlier ones are refused. */
  lastStep: bigint("last_step", { mode: "number" }),
  createdAt: moment("created_at").notNull(),
  /** Null until the person has entered a first code. Until then, no sign-in asks for the factor. */
  confirmedAt: moment("confirmed_at"),
  lastUsedAt: moment("last_used_at"),
}, (table) => [index("factors_user").on(table.userId)]);

/** Codes that each work once in place of a second factor. */
export const recoveryCodes = control.table("recovery_codes", {
  id: uuid("id").primaryKey(),
  userId: uuid("user_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
  codeHash: text("code_hash").notNull(),
  createdAt: moment("created_at").notNull(),
  usedAt: moment("used_at"),
}, (table) => [index("recovery_codes_user").on(table.userId)]);

/** Browsers in which a person needs no second factor until `expiresAt`. */
export const trustedBrowsers = control.table("trusted_browsers", {
  id: uuid("id").primaryKey(),
  tokenHash: text("token_hash").notNull().unique(),
  userId: uuid("user_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
}, (table) => [
  index("trusted_browsers_user").on(table.userId),
  index("trusted_browsers_expiry").on(table.expiresAt),
]);

/**
 * Questions for a second factor that wait for a code: of a sign-in whose password was right, of a sign-in that has to be confirmed
 * again, or of a link that sets a password. Emailed codes aren't stored, because they are derived from the id and `APP_SECRET`.
 */
export const challenges = control.table("challenges", {
  id: uuid("id").primaryKey(),
  /** SHA-256 of the secret that only the client has. */
  tokenHash: text("token_hash").notNull().unique(),
  purpose: text("purpose", { enum: ["browser_sign_in", "api_sign_in", "step_up", "set_password"] }).notNull(),
  userId: uuid("user_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
  /** What the person proved before. After an emailed link, no emailed code counts. */
  firstMethod: text("first_method", { enum: ["password", "oauth", "email"] }).notNull().default("password"),
  /** The host of the sign-in, or the only tenant of the tokens. */
  tenantId: uuid("tenant_id").$type<TenantId>().references(() => tenants.id, { onDelete: "cascade" }),
  remember: boolean("remember").notNull().default(false),
  /** The path to open after the sign-in. */
  next: text("next"),
  /** How many codes were entered. */
  attempts: smallint("attempts").notNull().default(0),
  /** When a code was sent by email. Null: no emailed code counts. */
  emailedAt: moment("emailed_at"),
  /** The phone that a code was texted to. Null: no texted code counts. */
  textedTo: uuid("texted_to"),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
}, (table) => [
  index("challenges_user").on(table.userId),
  index("challenges_expiry").on(table.expiresAt),
]);
