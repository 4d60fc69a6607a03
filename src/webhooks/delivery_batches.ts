import { eq, sql } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import { prepareQuery } from "../../db/connection/prepared.ts";
import { webhookDeliveries, webhookEndpoints, webhookEvents } from "../../db/control/schema/webhooks.ts";
import { BatchedCalls } from "../platform/batched_calls.ts";
import { part } from "../ports.ts";
import type { Work } from "./delivery_rows.ts";

/** An accepted attempt. `attempt` is its row in `stream.webhook_attempts`. */
export type Accepted = { id: string; number: number; responseStatus: number; at: Date; attempt: unknown };

/** What every delivery needs of the database, for many deliveries at once: their work before, and the usual result after. */
export const DELIVERY_BATCHES = part("webhook deliveries", ({ db }) => ({
  work: new BatchedCalls((ids: string[]) => findWork(db.batch.control, ids)),
  accepted: new BatchedCalls((accepted: Accepted[]) => recordAccepted(db.batch.control, accepted)),
}));

const FIND_WORK = prepareQuery((db) =>
  db.select({ delivery: webhookDeliveries, endpoint: webhookEndpoints, body: webhookEvents.body })
    .from(webhookDeliveries)
    .innerJoin(webhookEndpoints, eq(webhookEndpoints.id, webhookDeliveries.endpointId))
    .innerJoin(webhookEvents, eq(webhookEvents.id, webhookDeliveries.eventId))
    .where(sql`${webhookDeliveries.id} = any(${sql.placeholder("ids")}::uuid[])`)
);

/** Null for deliveries that don't exist. */
async function findWork(db: ControlDb, ids: string[]): Promise<(Work | null)[]> {
  const found = await FIND_WORK(db, { ids: `{${ids.join(",")}}` });
  const byId = new Map<string, Work>(found.map((work) => [work.delivery.id, work]));
  return ids.map((id) => byId.get(id) ?? null);
}

/**
 * Returns for each whether it was recorded: not if its delivery has ended, is at another attempt, or is locked. Waits for no lock, so
 * that a tenant that deletes an endpoint holds up nobody else.
 */
async function recordAccepted(db: ControlDb, accepted: Accepted[]): Promise<boolean[]> {
  const rows = accepted.map(({ responseStatus, ...row }) => ({ ...row, status: responseStatus }));
  const recorded = await db.execute<{ id: string }>(sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as g(id uuid, number int, status smallint, at timestamptz, attempt jsonb)),
    locked as materialized (
      select d.id from ${webhookDeliveries} d join given g on g.id = d.id
      where d.status = 'pending' and d.attempts = g.number - 1 order by d.id for update of d skip locked),
    ended as (
      update ${webhookDeliveries} d set status = 'delivered', attempts = g.number, next_attempt_at = null,
        response_status = g.status, error = null, ended_at = g.at
      from locked l join given g on g.id = l.id where d.id = l.id returning d.id, g.attempt)
    select id, stream.add_webhook_attempt(attempt) from ended`);
  const ids = new Set(recorded.map(({ id }) => id));
  return accepted.map(({ id }) => ids.has(id));
}
