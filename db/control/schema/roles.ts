import { sql } from "drizzle-orm";
import { jsonb, text, unique, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";

/** The roles that tenants define. They stand beside the memberships, so that one query authenticates a member. */
export const roles = control.table("roles", {
  id: uuid("id").primaryKey(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  name: text("name").notNull(),
  /** The keys of the role's permissions. */
  permissions: jsonb("permissions").$type<string[]>().notNull(),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
}, (table) => [
  uniqueIndex("roles_tenant_name").on(table.tenantId, sql`lower(${table.name})`),
  unique("roles_tenant_id").on(table.tenantId, table.id),
]);
