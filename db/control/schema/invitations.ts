import { sql } from "drizzle-orm";
import { check, foreignKey, index, text, unique, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { roles } from "./roles.ts";
import { tenants } from "./tenants.ts";
import { users } from "./users.ts";

/** Invitations that nobody has accepted or revoked yet. They take no seat. */
export const invitations = control.table("invitations", {
  id: uuid("id").primaryKey(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  /** In lowercase and trimmed, as in `users`. */
  email: text("email").notNull(),
  /** A built-in role, or `custom` for one that the tenant defined. */
  role: text("role", { enum: ["owner", "admin", "member", "viewer", "custom"] }).notNull(),
  /** The tenant's role, if `role` is `custom`. */
  customRoleId: uuid("custom_role_id"),
  /** SHA-256 of the secret in the emailed link. */
  tokenHash: text("token_hash").notNull().unique(),
  /** Null if the product itself invited, or if the inviter's account is gone. */
  invitedBy: uuid("invited_by").$type<UserId>().references(() => users.id, { onDelete: "set null" }),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
}, (table) => [
  unique("invitations_tenant_email").on(table.tenantId, table.email),
  check(
    "invitations_custom_role_given",
    sql`(${table.role} = 'custom') = (${table.customRoleId} is not null)`,
  ),
  foreignKey({
    name: "invitations_custom_role",
    columns: [table.tenantId, table.customRoleId],
    foreignColumns: [roles.tenantId, roles.id],
  }),
  index("invitations_of_custom_role").on(table.customRoleId).where(sql`${table.customRoleId} is not null`),
  index("invitations_created").on(table.tenantId, table.createdAt, table.id),
  index("invitations_inviter").on(table.invitedBy),
  index("invitations_expiry").on(table.expiresAt),
]);

/** An owner's offer to hand the tenant over to another member, until that member accepts or declines. */
export const ownershipOffers = control.table("ownership_offers", {
  tenantId: uuid("tenant_id").$type<TenantId>().primaryKey().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  fromUserId: uuid("from_user_id").$type<UserId>().notNull().references(() => users.id, {
    onDelete: "cascade",
  }),
  toUserId: uuid("to_user_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
}, (table) => [
  index("ownership_offers_from").on(table.fromUserId),
  index("ownership_offers_to").on(table.toUserId),
]);

/** Email domains whose people may join a tenant without an invitation. */
export const joinDomains = control.table("join_domains", {
  id: uuid("id").primaryKey(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  /** In lowercase, as in the addresses of `users`. */
  domain: text("domain").notNull(),
  role: text("role", { enum: ["member", "viewer"] }).notNull(),
  createdAt: moment("created_at").notNull(),
}, (table) => [
  unique("join_domains_tenant_domain").on(table.tenantId, table.domain),
  index("join_domains_domain").on(table.domain),
]);
