import { and, eq, inArray, sql } from "drizzle-orm";
import type { z } from "zod";
import type { ControlTx, TenantTx } from "../../db/connection/with_tenant.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { TenantId } from "../../db/ids.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { after } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import type { Job } from "./job.ts";

export const DEFAULT_PRIORITY = 100;
const LAST_PRIORITY = 1_000;

export type JobOptions = {
  /** Milliseconds from now. */
  delay?: number;
  /**
   * Unique in the job's partition (among the tenant's jobs, or among the platform's) as long as a job is kept: some days after its end. Keys given
   * in a tenant's transaction are separate from those that the platform gives to the tenant's jobs.
   */
  key?: string;
  /** From 0 to 1,000. The lowest runs first among a tenant's jobs in the queue. */
  priority?: number;
  /** The job's tenant, if the context isn't a tenant's. */
  tenantId?: string;
  /** A partition of its own, such as a webhook endpoint's id. A tenant's transaction can't choose one. */
  partition?: string;
};

/** What enqueuing a job needs of it. Without its work, so that a job's own code can enqueue it. */
export type Enqueued<Payload extends z.ZodType> = Pick<Job<Payload>, "name" | "queue" | "payload">;

export type NewJob<Payload extends z.ZodType = z.ZodType> = JobOptions & { payload: z.input<Payload> };

/**
 * Enqueues a job in the transaction of the change that causes it: the job exists if and only if the change does. From a
 * tenant's context, the job is the tenant's and must be declared `byTenants`. Returns its id, or null if its key is taken.
 */
export async function enqueue<Payload extends z.ZodType>(
  ctx: TenantContext | SystemContext,
  tx: TenantTx | ControlTx,
  job: Enqueued<Payload>,
  payload: z.input<Payload>,
  options: JobOptions = {},
): Promise<string | null> {
  const [id] = await enqueueAll(ctx, tx, job, [{ payload, ...options }]);
  return id ?? null;
}

/** Enqueues a job once per entry. Returns the ids of the added jobs. Throws if a priority is out of range. */
export async function enqueueAll<Payload extends z.ZodType>(
  ctx: TenantContext | SystemContext,
  tx: TenantTx | ControlTx,
  { name, queue, payload: schema }: Enqueued<Payload>,
  jobs: NewJob<Payload>[],
): Promise<string[]> {
  const now = ctx.services.clock.now();
  const owner = "tenant" in ctx ? ctx.tenant.id : null;
  const rows = jobs.map(({ payload, delay = 0, key, priority = DEFAULT_PRIORITY, tenantId, partition }) => ({
    id: newId(),
    queue,
    name,
    payload: schema.parse(payload),
    tenant_id: tenantId ?? owner,
    partition,
    priority: parsePriority(priority),
    key,
    run_at: after(now, delay),
    created_at: now,
  }));
  const added = await tx.execute<{ id: string }>(
    sql`select id from jobs.enqueue(${JSON.stringify(rows)}::jsonb) as id`,
  );
  ctx.services.jobs.signalAfterCommit(tx);
  return added.map(({ id }) => id);
}

/**
 * Deletes a job in the transaction of the change that makes it unnecessary. A tenant's context can cancel only the tenant's
 * own jobs. Returns false if the job doesn't exist or has started: a running job goes on.
 */
export async function cancelJob(
  ctx: TenantContext | SystemContext,
  tx: TenantTx | ControlTx,
  id: string,
): Promise<boolean> {
  const owner = "tenant" in ctx ? ctx.tenant.id : null;
  const [row] = await tx.execute<{ cancelled: boolean }>(
    sql`select jobs.cancel(${id}::uuid, ${owner}::uuid) as cancelled`,
  );
  return row!.cancelled;
}

/** Releases a resumed tenant's held jobs. */
export async function releaseHeldJobs(
  { services }: SystemContext,
  tx: ControlTx,
  tenantId: TenantId,
): Promise<void> {
  const isHeld = and(eq(outbox.tenantId, tenantId), eq(outbox.state, "held"));
  const released = await tx.update(outbox).set({ state: "ready", endedAt: null }).where(isHeld).returning({
    id: outbox.id,
  });
  if (released.length > 0) services.jobs.signalAfterCommit(tx);
}

/** Releases the held jobs of active tenants: a job may have been held while its tenant was being resumed. */
export async function releaseForgottenJobs({ services, control }: SystemContext): Promise<void> {
  const active = control.select({ id: tenants.id }).from(tenants).where(eq(tenants.status, "active"));
  const released = await control.update(outbox).set({ state: "ready", endedAt: null })
    .where(and(eq(outbox.state, "held"), inArray(outbox.tenantId, active))).returning({ id: outbox.id });
  if (released.length > 0) services.jobs.wake();
}

function parsePriority(priority: number): number {
  if (Number.isInteger(priority) && priority >= 0 && priority <= LAST_PRIORITY) return priority;
  throw new RangeError(`A job's priority is a whole number from 0 to ${LAST_PRIORITY}, not ${priority}.`);
}
