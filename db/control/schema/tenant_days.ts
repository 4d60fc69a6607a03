import { bigint, date, index, integer, jsonb, primaryKey, uuid } from "drizzle-orm/pg-core";
import type { TenantId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";

/** The calls of one endpoint on one day. `latency` has the buckets with calls, as `[bucket, calls]`: see src/api_access/latency.ts. */
export type StoredEndpoint = {
  method: string;
  endpoint: string;
  calls: number;
  errors: number;
  latency: [bucket: number, calls: number][];
};

/**
 * What each tenant did on each day (UTC) that is over. A day without a change and without a call has no row. Each tenant's own job writes
 * it, because the back office sees no tenant's tables.
 */
export const tenantDays = control.table("tenant_days", {
  day: date("day").notNull(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  /** What people and their API keys changed: lines of the audit log. */
  changes: integer("changes").notNull(),
  calls: bigint("calls", { mode: "number" }).notNull(),
  errors: bigint("errors", { mode: "number" }).notNull(),
  endpoints: jsonb("endpoints").$type<StoredEndpoint[]>().notNull(),
}, (table) => [
  primaryKey({ columns: [table.day, table.tenantId] }),
  index("tenant_days_tenant").on(table.tenantId, table.day),
]);
