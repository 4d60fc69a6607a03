import { foreignKey, index, integer, jsonb, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { memberships } from "./memberships.ts";

/** A program's access to one tenant, in the name of the member who created it. It ends with their membership. */
export const apiKeys = control.table("api_keys", {
  id: uuid("id").primaryKey(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull(),
  createdBy: uuid("created_by").$type<UserId>().notNull(),
  name: text("name").notNull(),
  /** The start of the current secret, by which people recognize it. */
  prefix: text("prefix").notNull(),
  permissions: jsonb("permissions").$type<string[]>().notNull(),
  /** Addresses and CIDR ranges. Empty: any address. */
  allowedIps: jsonb("allowed_ips").$type<string[]>().notNull(),
  /** The key's own share of the tenant's requests. Null: all of them. */
  requestsPerMinute: integer("requests_per_minute"),
  createdAt: moment("created_at").notNull(),
  /** Null: never. */
  expiresAt: moment("expires_at"),
  /** To within a minute. Null until the key is used. */
  lastUsedAt: moment("last_used_at"),
}, (table) => [
  foreignKey({
    name: "api_keys_membership",
    columns: [table.tenantId, table.createdBy],
    foreignColumns: [memberships.tenantId, memberships.userId],
  }).onDelete("cascade"),
  index("api_keys_created").on(table.tenantId, table.createdAt, table.id),
  index("api_keys_creator").on(table.createdBy),
]);

/** The secrets of a key: the current one, and earlier ones that still work after a rotation. */
export const apiKeySecrets = control.table("api_key_secrets", {
  /** SHA-256 of the whole secret. The secret itself isn't stored. */
  hash: text("hash").primaryKey(),
  keyId: uuid("key_id").notNull().references(() => apiKeys.id, { onDelete: "cascade" }),
  createdAt: moment("created_at").notNull(),
  /** Set by a rotation. Null: as long as the key. */
  expiresAt: moment("expires_at"),
}, (table) => [index("api_key_secrets_key").on(table.keyId)]);
