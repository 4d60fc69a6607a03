import { desc, eq, or, sql } from "drizzle-orm";
import { platformAuditLog } from "../../db/control/schema/audit.ts";
import { prepareQuery } from "../../db/connection/prepared.ts";
import { auditLog } from "../../db/tenant/schema/audit.ts";
import type { MigratorTx } from "../../db/migration/migrator.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import type { ControlTx, TenantTx } from "../../db/connection/with_tenant.ts";
import { type Actor, describeActor } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { forbidden } from "../errors.ts";
import { isRefusedByFunction } from "../platform/database_errors.ts";
import { newId } from "../platform/ids.ts";
import type { Services } from "../ports.ts";

/** What was done, as `resource.verb`. */
export type AuditAction =
  | "project.created"
  | "project.updated"
  | "project.archived"
  | "project.restored"
  | "project.deleted"
  | "tenant.created"
  | "tenant.renamed"
  | "tenant.moved"
  | "tenant.rebranded"
  | "tenant.suspended"
  | "tenant.resumed"
  | "tenant.deletion_scheduled"
  | "tenant.deletion_canceled";

/** What the platform's log tells besides: of the installation, and of tenants that are gone. */
export type PlatformAuditAction =
  | AuditAction
  | "tenant.deleted"
  | "email_address.suppressed"
  | "email_address.released"
  | "job.retried"
  | "job.discarded";

export type AuditSubject = { type: "project" | "tenant" | "job"; id: string; name: string };

export type NewAuditEntry<Action extends PlatformAuditAction = AuditAction> = {
  action: Action;
  /** Null where even the name of what it was about must not stay. */
  subject: AuditSubject | null;
  /** Whatever else is worth knowing, without secrets: what it was before, the reason given. */
  details?: Record<string, unknown>;
};

export type AuditEntry = {
  id: string;
  at: Date;
  actorName: string;
  action: AuditAction;
  subjectName: string;
};

/** A line of the platform's log, of which the content may have been erased. */
export type PlatformAuditEntry = {
  id: string;
  at: Date;
  action: PlatformAuditAction;
  actorName: string | null;
  subjectName: string | null;
  details: Record<string, unknown> | null;
};

/** Who acts, and the clock: what a log needs of a context. */
type Acting = { actor: Actor; services: Pick<Services, "clock"> };

/**
 * Adds a line to the tenant's log, in the transaction of the change, so neither exists without the other. The database
 * writes the actor's current name, and "System" for the product itself. Throws `forbidden` when the actor is no longer a
 * member.
 */
export async function recordAudit(ctx: Acting, tx: TenantTx, entry: NewAuditEntry): Promise<void> {
  try {
    await tx.execute(sql`select audit.append(${lineOf(ctx, entry)}::jsonb)`);
  } catch (error) {
    throw isRefusedByFunction(error) ? forbidden("You are no longer a member of this workspace.") : error;
  }
}

/** Adds a line to a tenant's log in a transaction on `control`. The actor may be anyone, such as the platform's staff. */
export async function recordAuditOf(
  ctx: Acting,
  tx: ControlTx,
  schema: SchemaName,
  entry: NewAuditEntry,
): Promise<void> {
  await tx.execute(sql`select audit.append_to(${schema}, ${lineOf(ctx, entry)}::jsonb)`);
}

/** Adds a line to the platform's log, in the transaction of the change. */
export async function recordPlatformAudit(
  ctx: Acting,
  tx: ControlTx | MigratorTx,
  entry: NewAuditEntry<PlatformAuditAction>,
): Promise<void> {
  await tx.execute(sql`select audit.append_platform(${lineOf(ctx, entry)}::jsonb)`);
}

/**
 * Takes the names and details out of all lines of the platform's log about a tenant, or something of it, whose details
 * name it as `tenant_id`. The chain stays whole: it runs over a hash of the content, and without the salt, which goes as
 * well, nobody can find out what the content was.
 */
export async function eraseFromPlatformAudit(tx: MigratorTx, tenantId: string): Promise<void> {
  const erased = {
    actorId: null,
    actorName: null,
    subjectType: null,
    subjectId: null,
    subjectName: null,
    details: null,
    salt: null,
  };
  const isAbout = eq(platformAuditLog.subjectId, tenantId);
  const isOfIts = sql`${platformAuditLog.details} ->> 'tenant_id' = ${tenantId}`;
  await tx.update(platformAuditLog).set(erased).where(or(isAbout, isOfIts));
}

/** The tenant's newest lines, as many as the value `limit` says, newest first; for a flight with others. */
export const recentAudit = prepareQuery((db) =>
  db.select({
    id: auditLog.id,
    at: auditLog.at,
    actorName: auditLog.actorName,
    action: auditLog.action,
    subjectName: auditLog.subjectName,
  }).from(auditLog).orderBy(desc(auditLog.sequence)).limit(sql.placeholder("limit"))
);

/** The newest lines of the platform's log about a subject, newest first. */
export async function listPlatformAudit(
  ctx: SystemContext,
  subjectId: string,
  limit: number,
): Promise<PlatformAuditEntry[]> {
  const { id, at, action, actorName, subjectName, details } = platformAuditLog;
  const rows = await ctx.control.select({ id, at, action, actorName, subjectName, details }).from(
    platformAuditLog,
  )
    .where(eq(platformAuditLog.subjectId, subjectId)).orderBy(desc(platformAuditLog.sequence)).limit(limit);
  return rows as PlatformAuditEntry[];
}

/** How many lines the tenant's log has, and the first of them that doesn't fit: changed, added or cut out by hand. */
export async function verifyAudit(tx: TenantTx): Promise<AuditVerification> {
  return await verify(tx, auditLog);
}

/** The same for the platform's log. */
export async function verifyPlatformAudit(tx: ControlTx): Promise<AuditVerification> {
  return await verify(tx, platformAuditLog);
}

/** `brokenAt`: the place of the first line that doesn't fit the one before it, or its own content. */
export type AuditVerification = { lines: number; brokenAt: number | null };

/** What the functions of schema `audit` take. */
function lineOf(
  { actor, services }: Acting,
  { action, subject, details = {} }: NewAuditEntry<PlatformAuditAction>,
): string {
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

/**
 * Each line carries its sequence, a hash of its content, and a hash over those and the hash of the line before. To change,
 * insert or remove a line without a trace, one would have to rewrite all lines after it.
 */
async function verify(
  tx: TenantTx | ControlTx,
  log: typeof auditLog | typeof platformAuditLog,
): Promise<AuditVerification> {
  const [result] = await tx.execute<{ lines: number; broken_at: number | null }>(sql`
    with chain as (
      select sequence, previous_hash, hash, content_hash, salt, ${LINE} as line,
        lag(hash, 1, '') over places as before, row_number() over places as place
      from ${log} window places as (order by sequence))
    select count(*)::int as lines, (min(sequence) filter (where sequence <> place or previous_hash <> before
      or hash <> audit.hash(line) or (salt is not null and content_hash <> audit.content_hash(line))))::int as broken_at
    from chain`);
  return { lines: result!.lines, brokenAt: result!.broken_at };
}

const LINE =
  sql`row(id, sequence, at, action, actor_id, actor_name, subject_type, subject_id, subject_name, details, salt,
  content_hash, previous_hash, hash)::audit.line`;
