import { z } from "zod";
import { emailRequest, yearMonth } from "../email/email_requests.ts";
import type { QueueName } from "./queues.ts";

/**
 * Every kind of job: its queue, and what its payload holds. Payloads carry ids; a handler reads the rest. A tenant's
 * transaction may enqueue those that are `byTenants`. The database has the same list in `control.tenant_jobs`, so a change
 * needs a migration. Their handlers must not trust ids in the payload: injected SQL can enqueue them too.
 */
export const JOB_TYPES = {
  "tenancy.upkeep": jobType("cleanup", z.object({})),
  "cleanup.expired": jobType("cleanup", z.object({})),
  "metrics.measure": jobType("analytics", z.object({})),
  "metrics.measure_tenant": jobType("analytics", z.object({})),
  "metrics.collect": jobType("analytics", z.object({ day: z.iso.date() })),
  "metrics.collect_tenant": jobType("analytics", z.object({ day: z.iso.date() }), { byTenants: true }),
  "reports.monthly": jobType("analytics", z.object({ month: yearMonth })),
  "reports.monthly_tenant": jobType("analytics", z.object({ month: yearMonth })),
  "email.send": jobType("email", emailRequest, { byTenants: true }),
};

export type JobName = keyof typeof JOB_TYPES;
export type JobPayload<Name extends JobName> = z.output<typeof JOB_TYPES[Name]["payload"]>;

export function isJobName(name: string): name is JobName {
  return Object.hasOwn(JOB_TYPES, name);
}

function jobType<Payload extends z.ZodType>(
  queue: QueueName,
  payload: Payload,
  { byTenants = false }: { byTenants?: boolean } = {},
) {
  return { queue, payload, byTenants };
}
