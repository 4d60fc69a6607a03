import { sql } from "drizzle-orm";
import type { ControlTx, TenantTx } from "../../db/connection/with_tenant.ts";
import type { ActorKind, Origin } from "../../db/control/schema/audit.ts";
import type { MigratorTx } from "../../db/migration/migrator.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import { type Actor, describeActor, staffActor } from "../access/actor.ts";
import { forbidden } from "../errors.ts";
import { isRefusedByFunction } from "../platform/database_errors.ts";
import { newId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import type { Services } from "../ports.ts";
import { maskSecrets } from "./secrets.ts";

const NO_LONGER_A_MEMBER = problem("no_longer_a_member", "You are no longer a member of this workspace.");
const VISIT_OVER = problem("acting_visit_over", "Your visit to this workspace is over.");

/** Who acted, and from where, as a log shows it. */
type Shown = { id: string | null; name: string; ipAddress: string | undefined };

/** How a workspace sees the platform's staff. */
const SUPPORT: Shown = { id: null, name: "Denizen support", ipAddress: undefined };

export type NewLine = {
  action: string;
  /** Null if the log must not keep even the subject's name. */
  subject: { type: string; id: string; name: string } | null;
  details?: Record<string, unknown>;
};

/** The part of a context that publishing needs: who acts, from where, the clock, and the signal for new jobs. */
export type Acting = {
  actor: Actor;
  requestId: string;
  ipAddress?: string | undefined;
  services: Pick<Services, "clock" | "jobs" | "readers">;
};

/**
 * Adds a line to the tenant's log. The database writes the current names of the member and of the staff who act for them, and "System"
 * for the product itself; the origin names who runs the CLI. Throws `forbidden` if the actor is no longer a member, or the visit in which they act is over.
 */
export async function appendLine(ctx: Acting, tx: TenantTx, line: NewLine): Promise<void> {
  try {
    await tx.execute(sql`select audit.append(${encode(ctx, line)}::jsonb)`);
  } catch (error) {
    if (!isRefusedByFunction(error)) throw error;
    throw forbidden(ctx.actor.type === "acting" ? VISIT_OVER : NO_LONGER_A_MEMBER);
  }
}

/**
 * Adds a line to a tenant's log from a transaction on schema `control`, for any actor. A workspace doesn't learn who of the
 * platform's staff acted, or from where. The platform's log has the line with the same request.
 */
export async function appendTenantLine(
  ctx: Acting,
  tx: ControlTx,
  schema: SchemaName,
  line: NewLine,
): Promise<void> {
  const encoded = ctx.actor.type === "staff" ? encode(ctx, line, SUPPORT) : encode(ctx, line);
  await tx.execute(sql`select audit.append_to(${schema}, ${encoded}::jsonb)`);
}

/** Adds a line to the platform's log. Staff who act for a member appear as themselves. */
export async function appendPlatformLine(
  ctx: Acting,
  tx: ControlTx | MigratorTx,
  line: NewLine,
): Promise<void> {
  const { actor } = ctx;
  const who = actor.type === "acting" ? { ...ctx, actor: staffActor(actor.visit.staff) } : ctx;
  await tx.execute(sql`select audit.append_platform(${encode(who, line)}::jsonb)`);
}

/** The JSON that the functions of schema `audit` take. No line contains `visit_id`, by which `audit.append` checks who acts. */
function encode(
  { actor, requestId, ipAddress, services }: Acting,
  { action, subject, details = {} }: NewLine,
  shown: Shown = { ...describeActor(actor), ipAddress: actor.type === "acting" ? undefined : ipAddress },
): string {
  return JSON.stringify({
    id: newId(),
    at: services.clock.now(),
    action,
    actor_id: shown.id,
    actor_name: shown.name,
    subject_type: subject?.type ?? null,
    subject_id: subject?.id ?? null,
    subject_name: subject?.name ?? null,
    details: maskSecrets(details),
    visit_id: actor.type === "acting" ? actor.visit.id : undefined,
    origin: originOf(actor, requestId, shown.ipAddress),
  });
}

function originOf(actor: Actor, requestId: string, address: string | undefined): Origin {
  const job = actor.type === "system" ? actor.job : undefined;
  const staff = actor.type === "acting" ? actor.visit.staff.name : undefined;
  const key = actor.type === "key" ? { id: actor.key.id, name: actor.key.name } : undefined;
  const operator = actor.type === "system" ? actor.operator : undefined;
  return { kind: kindOf(actor), address, request_id: requestId, job, staff, key, operator };
}

function kindOf(actor: Actor): ActorKind {
  if (actor.type === "user") return "member";
  return actor.type === "system" && actor.job ? "job" : actor.type;
}
