import { index, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";
import { users } from "./users.ts";

/** What the platform's staff may do for a member. */
export const SUPPORT_ACCESS = ["read", "change"] as const;

/** A workspace's consent that the platform's staff act for its members. */
export const supportGrants = control.table("support_grants", {
  id: uuid("id").primaryKey(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull()
    .references(() => tenants.id, { onDelete: "cascade" }),
  grantedBy: uuid("granted_by").$type<UserId>().references(() => users.id, { onDelete: "set null" }),
  access: text("access", { enum: SUPPORT_ACCESS }).notNull(),
  note: text("note").notNull().default(""),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
  revokedAt: moment("revoked_at"),
}, (table) => [
  uniqueIndex("support_grants_open").on(table.tenantId).where(sql`${table.revokedAt} is null`),
  index("support_grants_granter").on(table.grantedBy),
]);

/** Each time that a person of the staff acted for a member. */
export const supportVisits = control.table("support_visits", {
  id: uuid("id").primaryKey(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull()
    .references(() => tenants.id, { onDelete: "cascade" }),
  /** Null if the operator's policy allowed it without the workspace's consent. */
  grantId: uuid("grant_id").references(() => supportGrants.id, { onDelete: "cascade" }),
  staffId: uuid("staff_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
  memberId: uuid("member_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
  /** The names at that time, because people change theirs. */
  staffName: text("staff_name").notNull(),
  memberName: text("member_name").notNull(),
  reason: text("reason").notNull(),
  access: text("access", { enum: SUPPORT_ACCESS }).notNull(),
  startedAt: moment("started_at").notNull(),
  expiresAt: moment("expires_at").notNull(),
  endedAt: moment("ended_at"),
}, (table) => [
  index("support_visits_tenant").on(table.tenantId, table.startedAt, table.id),
  index("support_visits_grant").on(table.grantId),
  index("support_visits_staff").on(table.staffId),
  index("support_visits_member").on(table.memberId),
]);
