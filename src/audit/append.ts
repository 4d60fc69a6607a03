import { sql } from "drizzle-orm";
import type { ControlTx, TenantTx } from "../../db/connection/with_tenant.ts";
import type { MigratorTx } from "../../db/migration/migrator.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import { type Actor, describeActor } from "../access/actor.ts";
import { forbidden } from "../errors.ts";
import { isRefusedByFunction } from "../platform/database_errors.ts";
import { newId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import type { Services } from "../ports.ts";

const NO_LONGER_A_MEMBER = problem("no_longer_a_member", "You are no longer a member of this workspace.");

export type NewLine = {
  action: string;
  /** Null if the log must not keep even the subject's name. */
  subject: { type: string; id: string; name: string } | null;
  details?: Record<string, unknown>;
};

/** The part of a context that a log needs: the actor and the clock. */
export type Acting = { actor: Actor; services: Pick<Services, "clock"> };

/**
 * Adds a line to the tenant's log. The database writes the member's current name, and "System" for the product itself.
 * Throws `forbidden` if the actor is no longer a member.
 */
export async function appendLine(ctx: Acting, tx: TenantTx, line: NewLine): Promise<void> {
  try {
    await tx.execute(sql`select audit.append(${encode(ctx, line)}::jsonb)`);
  } catch (error) {
    throw isRefusedByFunction(error) ? forbidden(NO_LONGER_A_MEMBER) : error;
  }
}

/** Adds a line to a tenant's log from a transaction on schema `control`, for any actor. */
export async function appendTenantLine(
  ctx: Acting,
  tx: ControlTx,
  schema: SchemaName,
  line: NewLine,
): Promise<void> {
  await tx.execute(sql`select audit.append_to(${schema}, ${encode(ctx, line)}::jsonb)`);
}

/** Adds a line to the platform's log. */
export async function appendPlatformLine(
  ctx: Acting,
  tx: ControlTx | MigratorTx,
  line: NewLine,
): Promise<void> {
  await tx.execute(sql`select audit.append_platform(${encode(ctx, line)}::jsonb)`);
}

/** The JSON that the functions of schema `audit` take. */
function encode({ actor, services }: Acting, { action, subject, details = {} }: NewLine): string {
  const { id, name } = describeActor(actor);
  return JSON.stringify({
    id: newId(),
    at: services.clock.now(),
    action,
    actor_id: id,
    actor_name: name,
    subject_type: subject?.type ?? null,
    subject_id: subject?.id ?? null,
    subject_name: subject?.name ?? null,
    details,
  });
}
