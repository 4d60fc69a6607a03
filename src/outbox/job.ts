import type { z } from "zod";
import type { SystemActor } from "../access/actor.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { PermanentFailure } from "./job_outcomes.ts";
import type { QueueName } from "./queues.ts";

/** One attempt at a job. A job may run again after any attempt: `id` is the same each time. */
export type JobRun = {
  id: string;
  /** From 1. */
  attempt: number;
  /** Aborted at the queue's timeout. What happens later doesn't count. */
  signal: AbortSignal;
  system: SystemContext<SystemActor>;
  /** Null for a job of the platform. */
  tenant: TenantContext<SystemActor> | null;
};

/** Work that is done in the background. */
export type Job<Payload extends z.ZodType = z.ZodType> = {
  readonly name: string;
  readonly queue: QueueName;
  /** Carries ids; the job reads the rest when it runs. */
  readonly payload: Payload;
  /**
   * Whether a tenant's transaction may enqueue it. The database lists these jobs in `control.tenant_jobs`, so a change
   * needs a migration. Injected SQL can enqueue them as well, so the job must not trust ids in its payload.
   */
  readonly byTenants: boolean;
  run(run: JobRun, payload: z.output<Payload>): Promise<void>;
};

/** Declares a job. A feature lists its jobs in its `feature.ts`. */
export function job<Payload extends z.ZodType>(
  name: string,
  { byTenants = false, ...declared }: Omit<Job<Payload>, "name" | "byTenants"> & { byTenants?: boolean },
): Job<Payload> {
  return { name, byTenants, ...declared };
}

/** The tenant that owns the job. Throws `PermanentFailure` if the platform does. */
export function tenantOf({ tenant }: JobRun): TenantContext<SystemActor> {
  if (!tenant) throw new PermanentFailure("This job needs a tenant.");
  return tenant;
}
