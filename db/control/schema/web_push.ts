import { foreignKey, index, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { memberships } from "./memberships.ts";
import { users } from "./users.ts";

/** The installation's key pair for push services (VAPID, RFC 8292), unless settings name one. At most one row. */
export const vapidKeys = control.table("vapid_keys", {
  id: text("id", { enum: ["current"] }).primaryKey(),
  /** Both keys are in base64url. */
  publicKey: text("public_key").notNull(),
  sealedPrivateKey: text("sealed_private_key").notNull(),
  createdAt: moment("created_at").notNull(),
});

/** The browsers in which people get notifications. Each belongs to the sign-in that turned them on. */
export const pushSubscriptions = control.table("push_subscriptions", {
  id: uuid("id").primaryKey(),
  userId: uuid("user_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
  /** The only workspace that sends to it. Null: all workspaces of the person. */
  tenantId: uuid("tenant_id").$type<TenantId>(),
  /** The browser's sign-in, or the family of a program's tokens. */
  signInId: uuid("sign_in_id").notNull(),
  /** The address at the browser's push service. Whoever knows it and has the private VAPID key can send to the browser. */
  endpoint: text("endpoint").notNull().unique(),
  /** The browser's public key and shared secret (RFC 8291), in base64url. */
  p256dh: text("p256dh").notNull(),
  auth: text("auth").notNull(),
  /** The public VAPID key that the browser accepts messages of. */
  vapidKey: text("vapid_key").notNull(),
  createdAt: moment("created_at").notNull(),
  lastSuccessAt: moment("last_success_at"),
}, (table) => [
  index("push_subscriptions_user").on(table.userId, table.createdAt),
  index("push_subscriptions_sign_in").on(table.signInId),
  index("push_subscriptions_member").on(table.tenantId, table.userId),
  // Without a tenant, this isn't checked.
  foreignKey({
    name: "push_subscriptions_membership",
    columns: [table.tenantId, table.userId],
    foreignColumns: [memberships.tenantId, memberships.userId],
  }).onDelete("cascade"),
]);
