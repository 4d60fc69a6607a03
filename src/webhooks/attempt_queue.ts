import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import type { SystemContext } from "../context.ts";
import { enqueueAll } from "../outbox/outbox.ts";
import type { QueueName } from "../outbox/queues.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import type { Delivery } from "./delivery_rows.ts";

/** The job that makes one attempt. src/webhooks/deliver.ts does its work. */
export const ATTEMPT_JOB = {
  name: "webhooks.deliver",
  queue: "webhooks" as QueueName,
  payload: z.object({
    deliveryId: z.uuid(),
    /** The number of the attempt, from 1. At another number, the job is outdated. */
    attempt: z.int().positive(),
    /** Whether the attempt has waited for its turn within the endpoint's rate. */
    hasSlot: z.boolean().default(false),
  }),
};

/** An attempt to enqueue, `delay` milliseconds from now. */
export type NextAttempt = {
  delivery: Pick<Delivery, "id" | "endpointId">;
  attempt: number;
  hasSlot?: boolean;
  delay?: number;
};

/** Enqueues attempts of a tenant's deliveries. Each endpoint is a partition of the queue. */
export async function enqueueAttempts(
  ctx: SystemContext,
  tx: ControlTx,
  tenantId: TenantId,
  attempts: NextAttempt[],
): Promise<void> {
  if (attempts.length === 0) return;
  const jobs = attempts.map(({ delivery, attempt, hasSlot, delay }) => ({
    payload: { deliveryId: delivery.id, attempt, hasSlot },
    partition: delivery.endpointId,
    tenantId,
    delay,
  }));
  await enqueueAll(ctx, tx, ATTEMPT_JOB, jobs);
}
