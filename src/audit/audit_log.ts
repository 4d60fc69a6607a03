import { desc, eq, or, type SQL, sql } from "drizzle-orm";
import { platformAuditLog } from "../../db/control/schema.ts";
import { prepareQuery } from "../../db/prepared.ts";
import { auditLog } from "../../db/tenant/schema.ts";
import type { MigratorTx } from "../../db/migrator.ts";
import type { ControlTx, TenantTx } from "../../db/with_tenant.ts";
import { type Actor, describeActor } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { newToken } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import type { Services } from "../services.ts";

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

type Log = typeof auditLog | typeof platformAuditLog;

const CONTROL_LOCK = 2_718_281_828;

/** Adds a line to the tenant's log, in the transaction of the change: there is one exactly if there is the other. */
export async function recordAudit(ctx: Acting, tx: TenantTx, entry: NewAuditEntry): Promise<void> {
  await append(ctx, tx, auditLog, sql`hashtextextended(current_schema(), 0)`, entry);
}

/** Adds a line to the platform's log, in the transaction of the change. */
export async function recordPlatformAudit(
  ctx: Acting,
  tx: ControlTx | MigratorTx,
  entry: NewAuditEntry<PlatformAuditAction>,
): Promise<void> {
  await append(ctx, tx, platformAuditLog, sql`${CONTROL_LOCK}::bigint`, entry);
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

/**
 * Each line carries its place, a hash of its content, and a hash over those and the hash of the line before. Whoever
 * changes, inserts or cuts out a line would have to write all lines after it anew. One transaction at a time writes to
 * a log; the lock is taken by a statement of its own, since a statement sees only what was there when it began.
 */
async function append(
  { actor, services }: Acting,
  tx: TenantTx | ControlTx | MigratorTx,
  log: Log,
  lock: SQL,
  { action, subject, details = {} }: NewAuditEntry<PlatformAuditAction>,
): Promise<void> {
  const by = describeActor(actor);
  const locked = tx.execute(sql`select pg_advisory_xact_lock(${lock})`).then(() => {});
  const added = tx.execute(sql`
    with last as (select sequence, hash from ${log} order by sequence desc limit 1),
    content as (
      select ${newId()}::uuid as id, ${services.clock.now().toISOString()}::timestamptz as at, ${action}::text as action,
        ${by.id}::uuid as actor_id, ${by.name}::text as actor_name, ${
    subject?.type ?? null
  }::text as subject_type,
        ${subject?.id ?? null}::uuid as subject_id, ${subject?.name ?? null}::text as subject_name,
        ${JSON.stringify(details)}::jsonb as details, ${newToken()}::text as salt),
    placed as (
      select *, coalesce((select sequence from last), 0) + 1 as sequence,
        coalesce((select hash from last), '') as previous_hash, ${CONTENT_HASH} as content_hash from content)
    insert into ${log} (id, at, action, actor_id, actor_name, subject_type, subject_id, subject_name, details, salt,
      sequence, previous_hash, content_hash, hash)
    select id, at, action, actor_id, actor_name, subject_type, subject_id, subject_name, details, salt,
      sequence, previous_hash, content_hash, ${HASH} from placed`).then(() => {});
  await Promise.all([locked, added]);
}

async function verify(tx: TenantTx | ControlTx, log: Log): Promise<AuditVerification> {
  const [result] = await tx.execute<{ lines: number; broken_at: number | null }>(sql`
    with chain as (select *, lag(hash, 1, '') over places as before, row_number() over places as place
      from ${log} window places as (order by sequence))
    select count(*)::int as lines, (min(sequence) filter (where sequence <> place or previous_hash <> before
      or hash <> ${HASH} or (salt is not null and content_hash <> ${CONTENT_HASH})))::int as broken_at from chain`);
  return { lines: result!.lines, brokenAt: result!.broken_at };
}

function digest(...parts: string[]): SQL {
  const list = sql.join(parts.map((part) => sql.raw(part)), sql`, `);
  return sql`encode(sha256(convert_to(jsonb_build_array(${list})::text, 'UTF8')), 'hex')`;
}

// The migrations that brought the chain to logs that were there before hold these two in their own words.
const CONTENT_HASH = digest(
  "salt",
  "actor_id",
  "actor_name",
  "subject_type",
  "subject_id",
  "subject_name",
  "details",
);
const HASH = digest(
  "previous_hash",
  "sequence",
  "id",
  `to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  "action",
  "content_hash",
);
