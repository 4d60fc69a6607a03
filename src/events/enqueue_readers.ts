import { sql } from "drizzle-orm";
import type { TransactionDb } from "../../db/connection/transaction.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import { type Actor, describeActor } from "../access/actor.ts";
import { DEFAULT_PRIORITY } from "../outbox/outbox.ts";
import { newId } from "../platform/ids.ts";
import type { Services } from "../ports.ts";
import type { Event } from "./event.ts";

type Publishing = { actor: Actor; services: Pick<Services, "clock" | "jobs" | "readers"> };
type Occurred = { row?: object; details?: Record<string, unknown>; schema?: SchemaName };

/**
 * Enqueues the jobs of what reads the event, in the transaction of the change. `schema` is the tenant's; a tenant's own transaction
 * needs none.
 */
export async function enqueueReaders(
  { actor, services: { clock, jobs, readers } }: Publishing,
  tx: TransactionDb,
  { name, log }: Pick<Event, "name" | "log">,
  { row = {}, details = {}, schema }: Occurred,
): Promise<void> {
  const owner = log === "tenant" || schema ? "tenant" : "platform";
  const reading = readers.filter((reader) => reader.event === name && reader.owner === owner);
  if (reading.length === 0) return;
  const now = clock.now();
  const entries = reading.map(({ job, payloadOf }) => ({
    ...job,
    id: newId(),
    payload: { ...payloadOf(row, details), actorId: describeActor(actor).id },
    tenant_id: null,
    priority: DEFAULT_PRIORITY,
    run_at: now,
    created_at: now,
  }));
  const list = sql`${JSON.stringify(entries)}::jsonb`;
  if (owner === "platform") await tx.execute(sql`select jobs.enqueue(${list})`);
  else await tx.execute(sql`select jobs.enqueue_for(${schema ?? null}::text, ${list})`);
  jobs.signalAfterCommit(tx);
}
