import type { SystemContext, TenantContext } from "../../src/context.ts";
import type { SystemActor } from "../../src/access/actor.ts";
import { GiveUp } from "../../src/outbox/job_outcomes.ts";
import type { JobName, JobPayload } from "../../src/outbox/job_types.ts";

/** One attempt at a job. Whatever a handler does it may do again: `id` is the same at each attempt. */
export type JobRun = {
  id: string;
  /** From 1. */
  attempt: number;
  /** Aborted when the time is over; what happens after that doesn't count. */
  signal: AbortSignal;
  system: SystemContext;
  /** Null for a job of the platform's own. */
  tenant: TenantContext<SystemActor> | null;
};

export type JobHandlers = { [Name in JobName]?: (run: JobRun, payload: JobPayload<Name>) => Promise<void> };

/** The tenant whose job it is. Throws `GiveUp` where it is none's. */
export function tenantOf({ tenant }: JobRun): TenantContext<SystemActor> {
  if (!tenant) throw new GiveUp("This job needs a tenant.");
  return tenant;
}
