import { index, text, unique, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { invitations } from "./invitations.ts";
import { tenants } from "./tenants.ts";
import { users } from "./users.ts";

/** A person's account at a provider: what the provider itself never changes. An email address is not part of it. */
const account = {
  /** Such as `google`. No list, so that a workspace's own identity provider can join. */
  provider: text("provider").notNull(),
  issuer: text("issuer").notNull(),
  subject: text("subject").notNull(),
  /** The address at the provider, if the provider verified it. Nothing is looked up by it. */
  email: text("email"),
};

/** The accounts at other services with which people sign in. */
export const identities = control.table("identities", {
  id: uuid("id").primaryKey(),
  userId: uuid("user_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
  ...account,
  createdAt: moment("created_at").notNull(),
  lastUsedAt: moment("last_used_at").notNull(),
}, (table) => [
  unique("identities_account").on(table.provider, table.issuer, table.subject),
  index("identities_user").on(table.userId),
]);

/**
 * Sign-ins that wait for a provider's answer. What only the browser may know, it has in a cookie: the code verifier and the nonce are
 * derived from that secret.
 */
export const oauthRequests = control.table("oauth_requests", {
  id: uuid("id").primaryKey(),
  /** SHA-256 of the `state` parameter. */
  stateHash: text("state_hash").notNull().unique(),
  /** SHA-256 of the secret in the browser's cookie. */
  browserHash: text("browser_hash").notNull(),
  provider: text("provider").notNull(),
  purpose: text("purpose", { enum: ["sign_in", "sign_up", "connect", "invitation"] }).notNull(),
  /** The person who connects an account. */
  userId: uuid("user_id").$type<UserId>().references(() => users.id, { onDelete: "cascade" }),
  /** The workspace from whose sign-in page the browser came. */
  tenantId: uuid("tenant_id").$type<TenantId>().references(() => tenants.id, { onDelete: "cascade" }),
  invitationId: uuid("invitation_id").references(() => invitations.id, { onDelete: "cascade" }),
  /** The path to open on the host where the browser came from. */
  next: text("next"),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
}, (table) => [index("oauth_requests_expiry").on(table.expiresAt)]);

/** Accounts at a provider that were proved in a browser, and wait until the person signs up, signs in, or says yes there. */
export const pendingIdentities = control.table("pending_identities", {
  id: uuid("id").primaryKey(),
  /** SHA-256 of the secret that only the browser has. */
  tokenHash: text("token_hash").notNull().unique(),
  ...account,
  /** The person's name at the provider, or an empty text. */
  name: text("name").notNull(),
  /** The only person who may connect the account. */
  userId: uuid("user_id").$type<UserId>().references(() => users.id, { onDelete: "cascade" }),
  invitationId: uuid("invitation_id").references(() => invitations.id, { onDelete: "cascade" }),
  /** The path on the apex to open afterward. */
  next: text("next"),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
}, (table) => [index("pending_identities_expiry").on(table.expiresAt)]);
