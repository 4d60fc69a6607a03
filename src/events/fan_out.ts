import { sql } from "drizzle-orm";
import { z } from "zod";
import type { TransactionDb } from "../../db/connection/transaction.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import type { Actor } from "../access/actor.ts";
import { DEFAULT_PRIORITY } from "../outbox/outbox.ts";
import type { QueueName } from "../outbox/queues.ts";
import { newId } from "../platform/ids.ts";
import type { Services } from "../ports.ts";
import type { Event } from "./event.ts";

/** The job that gets an event to everyone who listens. src/webhooks/fan_out.ts runs it. */
export const FAN_OUT = { name: "webhooks.fan_out", queue: "webhooks" as QueueName };

/** The event as it was published. */
export const publishedEvent = z.object({
  type: z.string(),
  at: z.iso.datetime(),
  data: z.record(z.string(), z.unknown()),
  /** The person who made the change. Neither webhooks nor streams send it. */
  userId: z.uuid().nullish(),
});
export type PublishedEvent = z.output<typeof publishedEvent>;

type Publishing = { actor: Actor; services: Pick<Services, "clock" | "jobs"> };
type Occurred<Row> = { row: Row; details?: Record<string, unknown>; schema?: SchemaName };

/**
 * Enqueues one fan-out job in the transaction of the change, if the tenant has a webhook endpoint. `schema` is the tenant's; a
 * tenant's own transaction needs none.
 */
export async function enqueueFanOut<Row extends object>(
  { actor, services: { clock, jobs } }: Publishing,
  tx: TransactionDb,
  { name: type, webhook }: Event<Row>,
  { row, details = {}, schema }: Occurred<Row>,
): Promise<void> {
  if (!webhook) return;
  const now = clock.now();
  const payload: PublishedEvent = {
    type,
    at: now.toISOString(),
    data: webhook.of(row, details),
    userId: personOf(actor),
  };
  const job = { ...FAN_OUT, id: newId(), payload, priority: DEFAULT_PRIORITY, run_at: now, created_at: now };
  const added = await tx.execute(
    sql`select id from jobs.fan_out(${schema ?? null}::text, ${JSON.stringify(job)}::jsonb) as id`,
  );
  if (added.length > 0) jobs.signalAfterCommit(tx);
}

/** Null for programs, jobs, and the platform's staff. */
function personOf(actor: Actor): string | null {
  return actor.type === "member" || actor.type === "user" ? actor.id : null;
}
