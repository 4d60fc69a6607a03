import { sql } from "drizzle-orm";
import { index, text, unique, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";

/** The domains where a tenant's workspace answers. `tenants.primary_domain` names the one that links use. */
export const customDomains = control.table("custom_domains", {
  id: uuid("id").primaryKey(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  /** In lower case and ASCII. Several tenants may add a domain; it is live for one of them. */
  domain: text("domain").notNull(),
  /**
   * `failing`: live, but its TXT record was gone at the last check. `lost`: it was live, and the record stayed away.
   */
  status: text("status", { enum: ["pending", "verified", "failing", "lost"] }).notNull().default("pending"),
  /** The random part of the TXT record. Only the tenant sees it, so publishing it proves control of the domain. */
  token: text("token").notNull(),
  /** What the last check found at the TXT record's name. */
  found: text("found").array().notNull().default([]),
  failingSince: moment("failing_since"),
  checkedAt: moment("checked_at"),
  nextCheckAt: moment("next_check_at").notNull(),
  verifiedAt: moment("verified_at"),
  createdAt: moment("created_at").notNull(),
}, (table) => [
  unique("custom_domains_of_tenant").on(table.tenantId, table.domain),
  uniqueIndex("custom_domains_live").on(table.domain).where(sql`${table.status} in ('verified', 'failing')`),
  index("custom_domains_next_check").on(table.nextCheckAt),
]);
