import { sql } from "drizzle-orm";
import { bigint, date, index, integer, primaryKey, smallint, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId } from "../../ids.ts";
import { ownRows, stream } from "./stream.ts";

/** Every API call of the last 30 days, without bodies. `id` is the request's id, a UUIDv7, and `at` is the time in it. */
export const apiRequests = stream.table("api_requests", {
  tenantId: uuid("tenant_id").$type<TenantId>().notNull(),
  at: moment("at").notNull(),
  id: uuid("id").notNull(),
  actorId: uuid("actor_id").notNull(),
  actorKind: text("actor_kind").notNull(),
  actorName: text("actor_name").notNull(),
  method: text("method").notNull(),
  /** The route's pattern, such as `/projects/{id}`. */
  endpoint: text("endpoint").notNull(),
  status: smallint("status").notNull(),
  durationMicroseconds: integer("duration_us").notNull(),
  /** The code of the problem that the call was answered with. */
  errorCode: text("error_code"),
  ipAddress: text("ip_address"),
}, (table) => [
  primaryKey({ columns: [table.tenantId, table.at, table.id] }),
  index("api_requests_errors").on(table.tenantId, table.at, table.id).where(sql`${table.status} >= 400`),
  // An actor has few tenants, so a short entry is enough, and takes a call less time to add.
  index("api_requests_of_actor").on(table.actorId, table.at),
  ownRows(),
]);

/**
 * The calls in `api_requests` by day (UTC), endpoint, actor, and duration. A row exists only for a bucket with calls, so the table
 * is a sparse histogram: see src/api_access/latency.ts.
 */
export const apiRequestCounts = stream.table("api_request_counts", {
  tenantId: uuid("tenant_id").$type<TenantId>().notNull(),
  day: date("day").notNull(),
  method: text("method").notNull(),
  endpoint: text("endpoint").notNull(),
  actorId: uuid("actor_id").notNull(),
  bucket: smallint("bucket").notNull(),
  actorKind: text("actor_kind").notNull(),
  /** The actor's name at the last of these calls. */
  actorName: text("actor_name").notNull(),
  calls: bigint("calls", { mode: "number" }).notNull(),
  /** The calls with a status of 400 or higher. */
  errors: bigint("errors", { mode: "number" }).notNull(),
}, (table) => [
  primaryKey({
    name: "api_request_counts_pk", // the default is longer than a name may be
    columns: [table.tenantId, table.day, table.method, table.endpoint, table.actorId, table.bucket],
  }),
  ownRows(),
]);
