import { and, eq, gte, type SQL, sql } from "drizzle-orm";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { analyticsEvents } from "../../db/stream/schema/analytics_events.ts";
import { contacts } from "../../db/tenant/schema/contacts.ts";
import { sequenceRuns, sequences, type StoredTrigger } from "../../db/tenant/schema/sequences.ts";
import { dueOf } from "./engine.ts";
import { isCurrentRun, type Sequence } from "./sequence.ts";

/** How many contacts start in one transaction. */
const BATCH = 1_000;

/**
 * Starts the sequence for contacts who meet its trigger and gave their consent, each once, unless it was stopped since it was read.
 * Returns whether there may be more.
 */
export async function enroll(tx: TenantTx, sequence: Sequence, now: Date): Promise<boolean> {
  const { id, steps, trigger, startedAt } = sequence;
  const dueAt = dueOf(steps, 0, now).toISOString();
  const added = await tx.execute<{ id: string }>(sql`
    insert into ${sequenceRuns} (sequence_id, contact_id, due_at, started_at)
    select ${id}::uuid, ${contacts.id}, ${dueAt}::timestamptz, ${now.toISOString()}::timestamptz from ${contacts}
    where exists (select from ${sequences} where ${isCurrentRun(sequence)})
      and ${eq(contacts.consent, "given")} and ${meets(trigger, startedAt ?? now)} and not exists (
      select from ${sequenceRuns} where ${sequenceRuns.sequenceId} = ${id}::uuid and ${sequenceRuns.contactId} = ${contacts.id})
    order by ${contacts.id} limit ${BATCH}
    on conflict (sequence_id, contact_id) do nothing returning id`);
  return added.length === BATCH;
}

function meets({ type, value }: StoredTrigger, since: Date): SQL {
  if (type === "tag") return sql`${contacts.tags} @> array[${value}]::text[]`;
  if (type === "list") return sql`${contacts.listIds} @> array[${value}]::uuid[]`;
  return didEvent(value, since);
}

/** Events name the contact by the ID that it has in the workspace's product. The tenant's role sees its own events only. */
export function didEvent(event: string, since: Date): SQL {
  const happened = and(
    eq(analyticsEvents.event, event),
    gte(analyticsEvents.occurredAt, since),
    sql`${analyticsEvents.userId} = ${contacts.externalId}`,
  );
  return sql`exists (select from ${analyticsEvents} where ${happened})`;
}
