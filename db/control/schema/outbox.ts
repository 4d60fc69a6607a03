import { sql } from "drizzle-orm";
import { index, integer, jsonb, primaryKey, smallint, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";

/**
 * Every job, from the transaction that enqueued it until some days after it ended. The states, in order: `waiting` for
 * its time, `ready`, `dispatched` to a worker, `running`; then `done`, `failed` until staff look at it, or `held` while
 * its tenant is suspended. jobs/runner moves jobs along. A job returns to `ready` when staff retry it
 * (src/operations/job_list.ts) or when its tenant is resumed (src/outbox/outbox.ts).
 */
export const outbox = control.table("outbox", {
  id: uuid("id").primaryKey(),
  queue: text("queue").notNull(),
  name: text("name").notNull(),
  payload: jsonb("payload").$type<unknown>().notNull(),
  tenantId: uuid("tenant_id").$type<TenantId>().references(() => tenants.id, { onDelete: "cascade" }),
  /** A partition of its own instead of the tenant's, such as a webhook endpoint. */
  partition: uuid("partition"),
  /** Partitions take turns. Each tenant has one; the platform's own jobs share the last. */
  partitionKey: uuid("partition_key").notNull().generatedAlwaysAs(
    sql`coalesce(partition, tenant_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)`,
  ),
  state: text("state", { enum: ["waiting", "ready", "dispatched", "running", "held", "done", "failed"] })
    .notNull(),
  /** From 0; the lowest runs first within its partition. */
  priority: smallint("priority").notNull(),
  /** Unique within the partition while the row exists. */
  key: text("key"),
  runAt: moment("run_at").notNull(),
  /** How many times it has started. */
  attempts: smallint("attempts").notNull().default(0),
  /** Its current dispatch. A worker can't claim the job with an older one. */
  dispatchId: uuid("dispatch_id"),
  /** The end of the worker's lease, by the database's clock. */
  leaseUntil: moment("lease_until"),
  /** Why the last attempt failed. */
  error: text("error"),
  createdAt: moment("created_at").notNull(),
  startedAt: moment("started_at"),
  endedAt: moment("ended_at"),
}, (table) => [
  uniqueIndex("outbox_key").on(table.partitionKey, table.key).where(sql`${table.key} is not null`),
  index("outbox_ready").on(table.queue, table.partitionKey, table.priority, table.runAt, table.id)
    .where(sql`${table.state} = 'ready'`),
  index("outbox_waiting").on(table.runAt).where(sql`${table.state} = 'waiting'`),
  index("outbox_in_progress").on(table.queue, table.partitionKey).where(
    sql`${table.state} in ('dispatched', 'running')`,
  ),
  index("outbox_ended").on(table.state, table.endedAt, table.id)
    .where(sql`${table.state} in ('done', 'failed', 'held')`),
  index("outbox_failed_or_held").on(table.state, table.id).where(sql`${table.state} in ('failed', 'held')`),
  index("outbox_tenant").on(table.tenantId),
]);

/** The jobs that a tenant's role may enqueue; see `byTenants` in src/outbox/job.ts. Migrations fill it. */
export const tenantJobs = control.table("tenant_jobs", {
  name: text("name").primaryKey(),
  queue: text("queue").notNull(),
});

/** How many attempts ended in each minute, and how. The back office adds them up. */
export const jobMinutes = control.table("job_minutes", {
  minute: moment("minute").notNull(),
  queue: text("queue").notNull(),
  done: integer("done").notNull().default(0),
  retried: integer("retried").notNull().default(0),
  failed: integer("failed").notNull().default(0),
}, (table) => [primaryKey({ columns: [table.minute, table.queue] })]);

/** The processes that run jobs, and when each last reported, by the database's clock. */
export const jobWorkers = control.table("job_workers", {
  id: uuid("id").primaryKey(),
  engine: text("engine", { enum: ["kv", "postgres"] }).notNull(),
  seenAt: moment("seen_at").notNull(),
});

/** The last time that each schedule was due and its job enqueued. */
export const schedules = control.table("schedules", {
  name: text("name").primaryKey(),
  lastSlot: moment("last_slot").notNull(),
});
