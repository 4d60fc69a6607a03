import type { ControlTx, TenantTx } from "../../db/connection/with_tenant.ts";
import type { MigratorTx } from "../../db/migration/migrator.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import {
  type Acting,
  appendLine,
  appendPlatformLine,
  appendTenantLine,
  type NewLine,
} from "../audit/append.ts";
import { changedFields, describeChanges } from "./changes.ts";
import { enqueueReaders } from "./enqueue_readers.ts";
import type { Event } from "./event.ts";
import { enqueueFanOut } from "./fan_out.ts";

/** The row before and after a change; only one of them if it was created or deleted. */
export type Change<Row> = {
  before?: Row;
  after?: Row;
  /** Additional details for the log, without secrets. */
  details?: Record<string, unknown>;
};

/** `schema` is the schema of the event's tenant, if the line also goes to that tenant's log. */
export type PlatformChange<Row> = Change<Row> & { schema?: SchemaName };

/** A change in schema `control` that only the log of the tenant with this schema gets. */
export type ControlChange<Row> = Change<Row> & { schema: SchemaName };

/**
 * Publishes an event in the transaction of its change, so that both are committed together. Publishes nothing if
 * `before` and `after` are equal. Returns whether it published the event. This is the only place where code that reacts
 * to events starts: it writes the line of the log, enqueues the jobs of the event's readers and, if the tenant has webhooks, one fan-out job. Throws `forbidden` if the actor is no longer a member.
 */
export async function publish<Row extends object>(
  ctx: Acting,
  tx: TenantTx,
  event: Event<Row, "tenant">,
  change: Change<Row>,
): Promise<boolean>;
export async function publish<Row extends object>(
  ctx: Acting,
  tx: ControlTx,
  event: Event<Row, "tenant">,
  change: ControlChange<Row>,
): Promise<boolean>;
export async function publish<Row extends object>(
  ctx: Acting,
  tx: ControlTx | MigratorTx,
  event: Event<Row, "platform">,
  change: PlatformChange<Row>,
): Promise<boolean>;
export async function publish<Row extends object>(
  ctx: Acting,
  tx: TenantTx | ControlTx | MigratorTx,
  event: Event<Row>,
  change: PlatformChange<Row>,
): Promise<boolean> {
  const line = lineOf(event, change);
  if (!line) return false;
  const { before, after, details, schema } = change;
  await Promise.all([
    log(ctx, tx, event, schema, line),
    fanOut(ctx, tx, event, change),
    enqueueReaders(ctx, tx, event, { row: after ?? before, details, schema }),
  ]);
  return true;
}

async function log<Row extends object>(
  ctx: Acting,
  tx: TenantTx | ControlTx | MigratorTx,
  event: Event<Row>,
  schema: SchemaName | undefined,
  line: NewLine,
): Promise<void> {
  if (schema) await appendTenantLine(ctx, tx as ControlTx, schema, line);
  else if (event.log === "tenant") await appendLine(ctx, tx as TenantTx, line);
  if (event.log === "platform") await appendPlatformLine(ctx, tx as ControlTx, line);
}

/** Nobody in a tenant listens to an event of the platform that isn't in the tenant's log. */
async function fanOut<Row extends object>(
  ctx: Acting,
  tx: TenantTx | ControlTx | MigratorTx,
  event: Event<Row>,
  { before, after, details, schema }: PlatformChange<Row>,
): Promise<void> {
  const row = after ?? before;
  if (!row || (event.log === "platform" && !schema)) return;
  await enqueueFanOut(ctx, tx, event, { row, details, schema });
}

/** Returns null if nothing changed. */
function lineOf<Row extends object>(
  event: Event<Row>,
  { before, after, details }: Change<Row>,
): NewLine | null {
  const row = after ?? before;
  const subject = row && event.subject ? { type: typeOf(event), ...event.subject(row) } : null;
  if (!before || !after) return { action: event.name, subject, details };
  const changed = changedFields(without(before, event.bookkeeping), without(after, event.bookkeeping));
  if (Object.keys(changed).length === 0) return null;
  const changes = describeChanges(before, changed as Partial<Row>, {
    withoutValues: [...event.withoutValues],
  });
  return { action: event.name, subject, details: details ?? changes };
}

/** The subject's type is the noun in the event's name. */
function typeOf({ name }: { name: string }): string {
  return name.split(".")[0]!;
}

function without<Row extends object>(row: Row, fields: readonly (keyof Row)[]): Partial<Row> {
  return Object.fromEntries(
    Object.entries(row).filter(([field]) => !fields.includes(field as keyof Row)),
  ) as Partial<Row>;
}
