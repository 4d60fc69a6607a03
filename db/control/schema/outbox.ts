import { sql } from "drizzle-orm";
import { index, integer, jsonb, primaryKey, smallint, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";

/**
 * Every job, from the transaction that asked for it to some days after its end. The states, in their order: `waiting` for
 * its time, `ready`, `handed` to the engine, `running`; then `done`, or `failed` for people to look at, or `held` while its
 * tenant is suspended. jobs/ledger.ts moves a job from one to the next; back to `ready` it also comes when staff retry it
 * (src/jobs/job_list.ts), or when its tenant is resumed (src/jobs/outbox.ts).
 */
export const outbox = control.table("outbox", {
  id: uuid("id").primaryKey(),
  queue: text("queue").notNull(),
  name: text("name").notNull(),
  payload: jsonb("payload").$type<unknown>().notNull(),
  tenantId: uuid("tenant_id").references(() => tenants.id, { onDelete: "cascade" }),
  /** Jobs of one tenant stand in one line, and lines take turns; the platform's own jobs share the last line. */
  line: uuid("line").notNull().generatedAlwaysAs(
    sql`coalesce(tenant_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)`,
  ),
  state: text("state", { enum: ["waiting", "ready", "handed", "running", "held", "done", "failed"] })
    .notNull(),
  /** From 0 on; the lowest goes first within its line. */
  priority: smallint("priority").notNull(),
  /** What it is the only job for, in its line, as long as its row is there. */
  key: text("key"),
  runAt: moment("run_at").notNull(),
  /** How often it was begun. */
  attempts: smallint("attempts").notNull().default(0),
  /** The handing-over it belongs to: a worker that comes with an older one is refused. */
  handId: uuid("hand_id"),
  /** The end of the worker's lease, by the database's clock. */
  leaseUntil: moment("lease_until"),
  /** Why the last attempt failed. */
  error: text("error"),
  createdAt: moment("created_at").notNull(),
  startedAt: moment("started_at"),
  endedAt: moment("ended_at"),
}, (table) => [
  uniqueIndex("outbox_key").on(table.line, table.key).where(sql`${table.key} is not null`),
  index("outbox_ready").on(table.queue, table.line, table.priority, table.runAt, table.id)
    .where(sql`${table.state} = 'ready'`),
  index("outbox_waiting").on(table.runAt).where(sql`${table.state} = 'waiting'`),
  index("outbox_under_way").on(table.queue, table.line).where(sql`${table.state} in ('handed', 'running')`),
  index("outbox_ended").on(table.state, table.endedAt, table.id)
    .where(sql`${table.state} in ('done', 'failed', 'held')`),
  index("outbox_resting").on(table.state, table.id).where(sql`${table.state} in ('failed', 'held')`),
  index("outbox_tenant").on(table.tenantId),
]);

/** The jobs that a tenant's role may enqueue; see src/jobs/job_types.ts. Migrations fill it. */
export const tenantJobs = control.table("tenant_jobs", {
  name: text("name").primaryKey(),
  queue: text("queue").notNull(),
});

/** How many attempts ended in each minute, and how: what the back office's figures are added up from. */
export const jobMinutes = control.table("job_minutes", {
  minute: moment("minute").notNull(),
  queue: text("queue").notNull(),
  done: integer("done").notNull().default(0),
  retried: integer("retried").notNull().default(0),
  failed: integer("failed").notNull().default(0),
}, (table) => [primaryKey({ columns: [table.minute, table.queue] })]);

/** The processes that run jobs now, and when each was last heard of, by the database's clock. */
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
