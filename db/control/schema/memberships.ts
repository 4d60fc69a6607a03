import { sql } from "drizzle-orm";
import { check, foreignKey, index, text, unique, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { roles } from "./roles.ts";
import { tenants } from "./tenants.ts";
import { users } from "./users.ts";

export const memberships = control.table("memberships", {
  id: uuid("id").primaryKey(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  userId: uuid("user_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
  /** A built-in role, or `custom` for one that the tenant defined. */
  role: text("role", { enum: ["owner", "admin", "member", "viewer", "custom"] }).notNull(),
  /** The tenant's role, if `role` is `custom`. */
  customRoleId: uuid("custom_role_id"),
  createdAt: moment("created_at").notNull(),
  /** Null until the member has opened a page of the tenant. */
  lastSeenAt: moment("last_seen_at"),
  /** When the member dismissed the set-up checklist. Null until then. */
  setupDismissedAt: moment("setup_dismissed_at"),
}, (table) => [
  unique("memberships_tenant_user").on(table.tenantId, table.userId),
  index("memberships_user").on(table.userId),
  check(
    "memberships_custom_role_given",
    sql`(${table.role} = 'custom') = (${table.customRoleId} is not null)`,
  ),
  foreignKey({
    name: "memberships_custom_role",
    columns: [table.tenantId, table.customRoleId],
    foreignColumns: [roles.tenantId, roles.id],
  }),
  index("memberships_of_custom_role").on(table.customRoleId).where(sql`${table.customRoleId} is not null`),
  index("memberships_joined").on(table.tenantId, table.createdAt, table.id),
]);
