import { and, eq, getTableColumns, gte, inArray, sql } from "drizzle-orm";
import { z } from "zod";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { jobMinutes, jobWorkers, outbox } from "../../db/control/schema/outbox.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { authorize } from "../access/authorize.ts";
import { permission } from "../access/permissions.ts";
import type { SystemContext } from "../context.ts";
import { conflict, notFound } from "../errors.ts";
import { platformEvent } from "../events/event.ts";
import { type Change, publish } from "../events/publish.ts";
import { QUEUE_NAMES, type QueueName } from "../outbox/queues.ts";
import { after, HOUR } from "../platform/clock.ts";
import { isId } from "../platform/ids.ts";
import { list, type ListQuery, type PlacedPage, readingFrom } from "../platform/list.ts";
import { choiceFilter, equalFilter } from "../platform/list_filters.ts";
import { idKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";
import { maskPayload } from "./masking.ts";

const JOB_NOT_FOUND = problem("job_not_found", "This job was not found.");
const JOB_NOT_FAILED = problem("job_not_failed", "Only a failed job can be retried.");
const JOB_NOT_WAITING = problem("job_not_waiting", "This job is running or has finished.");

/** To see, retry and discard background jobs. */
export const JOBS_MANAGE = permission("jobs:manage", {
  roles: [],
  staff: true,
  label: "Manage background jobs",
});

export const JOB_STATES = ["waiting", "ready", "running", "held", "failed", "done"] as const;
export type JobState = typeof JOB_STATES[number];

/** A job as staff see it: secrets in its payload are masked. */
export type ListedJob = {
  id: string;
  queue: QueueName;
  name: string;
  state: JobState;
  tenant: { id: string; name: string; subdomain: string } | null;
  payload: unknown;
  attempts: number;
  error: string | null;
  runAt: Date;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
};

/** The state of a queue. `oldest` is when the job that has been ready longest was due. */
export type QueueState = {
  queue: QueueName;
  depth: Record<"waiting" | "ready" | "running" | "held" | "failed", number>;
  oldest: Date | null;
  lastHour: { done: number; retried: number; failed: number };
};

export const JOB_RETRIED = platformEvent<ListedJob>("job.retried", { sentence: "requeued the job {name}" });
export const JOB_DISCARDED = platformEvent<ListedJob>("job.discarded", {
  sentence: "discarded the job {name}",
});

export const JOB_LIST = list("jobs", {
  select: selectJobs,
  id: outbox.id,
  sorts: { id: idKey(outbox.id) },
  defaultSort: "-id",
  filters: {
    state: choiceFilter({
      waiting: sql`${outbox.state} = 'waiting'`,
      ready: sql`${outbox.state} = 'ready'`,
      running: sql`${outbox.state} in ('dispatched', 'running')`,
      held: sql`${outbox.state} = 'held'`,
      failed: sql`${outbox.state} = 'failed'`,
      done: sql`${outbox.state} = 'done'`,
    }),
    queue: equalFilter(z.enum(QUEUE_NAMES), outbox.queue),
  },
});

/** All jobs that are kept, the latest first. Throws `invalid` for a cursor of another list or filter. */
export async function listJobs(
  ctx: SystemContext,
  query: ListQuery<typeof JOB_LIST>,
): Promise<PlacedPage<ListedJob, JobState>> {
  authorize(ctx, JOBS_MANAGE);
  const page = await JOB_LIST.placedPage<JobState>(readingFrom(ctx.control), query);
  return { ...page, items: page.items.map(toListed) };
}

/** Throws `not_found`. */
export async function getJob(ctx: SystemContext, id: string): Promise<ListedJob> {
  authorize(ctx, JOBS_MANAGE);
  const [row] = isId(id) ? await selectJobs(ctx.control).where(eq(outbox.id, id)) : [];
  if (!row) throw notFound(JOB_NOT_FOUND);
  return toListed(row);
}

/** Every queue, in a fixed order, and how many processes run jobs now. */
export async function getQueues(ctx: SystemContext): Promise<{ queues: QueueState[]; workers: number }> {
  authorize(ctx, JOBS_MANAGE);
  const since = after(ctx.services.clock.now(), -HOUR);
  const [depths, figures, workers] = await Promise.all([
    countOpen(ctx),
    ctx.control.select({
      queue: jobMinutes.queue,
      done: sql<number>`sum(${jobMinutes.done})::int`,
      retried: sql<number>`sum(${jobMinutes.retried})::int`,
      failed: sql<number>`sum(${jobMinutes.failed})::int`,
    }).from(jobMinutes).where(gte(jobMinutes.minute, since)).groupBy(jobMinutes.queue),
    ctx.control.$count(jobWorkers, sql`seen_at > now() - interval '15 seconds'`),
  ]);
  const queues = QUEUE_NAMES.map((queue): QueueState => {
    const mine = depths.filter((row) => row.queue === queue);
    const depth = { waiting: 0, ready: 0, running: 0, held: 0, failed: 0 };
    for (const { state, jobs } of mine) depth[shownAs(state) as keyof typeof depth] += jobs;
    const { done = 0, retried = 0, failed = 0 } = figures.find((row) => row.queue === queue) ?? {};
    const oldest = mine.find(({ state }) => state === "ready")?.oldest ?? null;
    return { queue, depth, oldest, lastHour: { done, retried, failed } };
  });
  return { queues, workers };
}

/** One condition per index, because most rows of the outbox are done jobs. */
const OPEN_STATES = [
  sql`${outbox.state} = 'waiting'`,
  sql`${outbox.state} = 'ready'`,
  sql`${outbox.state} in ('dispatched', 'running')`,
  sql`${outbox.state} in ('failed', 'held')`,
];

async function countOpen({ control }: SystemContext) {
  const counts = await Promise.all(OPEN_STATES.map((isInState) =>
    control.select({
      queue: outbox.queue,
      state: outbox.state,
      jobs: sql<number>`count(*)::int`,
      oldest: sql`min(${outbox.runAt})`.mapWith(outbox.runAt),
    }).from(outbox).where(isInState).groupBy(outbox.queue, outbox.state)
  ));
  return counts.flat();
}

/** Requeues a failed job, with all its attempts. Throws `not_found`, or `conflict` if it hasn't failed. */
export async function retryJob(ctx: SystemContext, id: string): Promise<ListedJob> {
  const job = await getJob(ctx, id);
  await ctx.tx(async (tx) => {
    if (await requeue(ctx, tx, id) === 0) throw conflict(JOB_NOT_FAILED);
    await publish(ctx, tx, JOB_RETRIED, changeOf(job));
  });
  return await getJob(ctx, id);
}

/** Requeues all failed jobs, or those of one queue. Returns how many. */
export async function retryAllFailed(ctx: SystemContext, queue?: QueueName): Promise<number> {
  authorize(ctx, JOBS_MANAGE);
  return await ctx.tx(async (tx) => {
    const jobs = await requeue(ctx, tx, undefined, queue);
    if (jobs > 0) {
      const details = { jobs, queue: queue ?? "all" };
      await publish(ctx, tx, JOB_RETRIED, { details });
    }
    return jobs;
  });
}

/** Permanently deletes a job. Throws `not_found`, or `conflict` if it is running or done. */
export async function discardJob(ctx: SystemContext, id: string): Promise<void> {
  const job = await getJob(ctx, id);
  await ctx.tx(async (tx) => {
    const isIdle = inArray(outbox.state, ["failed", "held", "waiting", "ready"]);
    const discarded = await tx.delete(outbox).where(and(eq(outbox.id, id), isIdle)).returning({
      id: outbox.id,
    });
    if (discarded.length === 0) throw conflict(JOB_NOT_WAITING);
    await publish(ctx, tx, JOB_DISCARDED, changeOf(job));
  });
}

async function requeue(ctx: SystemContext, tx: ControlTx, id?: string, queue?: QueueName): Promise<number> {
  const which = and(
    eq(outbox.state, "failed"),
    id ? eq(outbox.id, id) : undefined,
    queue && eq(outbox.queue, queue),
  );
  const now = ctx.services.clock.now();
  const requeued = await tx.update(outbox).set({ state: "ready", attempts: 0, runAt: now, endedAt: null })
    .where(which)
    .returning({ id: outbox.id });
  ctx.services.jobs.signalAfterCommit(tx);
  return requeued.length;
}

function changeOf(job: ListedJob): Change<ListedJob> {
  const { queue, tenant, error } = job;
  return { after: job, details: { queue, tenant_id: tenant?.id ?? null, error } };
}

function selectJobs(db: ControlDb) {
  return db.select({ ...getTableColumns(outbox), tenantName: tenants.name, subdomain: tenants.subdomain })
    .from(outbox).leftJoin(tenants, eq(tenants.id, outbox.tenantId));
}

type JobRow = typeof outbox.$inferSelect & { tenantName: string | null; subdomain: string | null };

function toListed({ tenantName, subdomain, ...job }: JobRow): ListedJob {
  const { id, name, attempts, error, runAt, createdAt, startedAt, endedAt, tenantId } = job;
  return {
    id,
    queue: job.queue as QueueName,
    name,
    state: shownAs(job.state),
    tenant: tenantId ? { id: tenantId, name: tenantName!, subdomain: subdomain! } : null,
    payload: maskPayload(job.payload),
    attempts,
    error,
    runAt,
    createdAt,
    startedAt,
    endedAt,
  };
}

/** Staff see a dispatched job as running, because it is about to run. */
function shownAs(state: typeof outbox.$inferSelect["state"]): JobState {
  return state === "dispatched" ? "running" : state;
}
