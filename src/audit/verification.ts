import { type SQL, sql } from "drizzle-orm";
import type { ControlTx, TenantTx } from "../../db/connection/with_tenant.ts";
import { platformAuditLog } from "../../db/control/schema/audit.ts";
import { auditLog } from "../../db/tenant/schema/audit.ts";

/** The table of a tenant's log, or of the platform's. */
export type AuditLog = typeof auditLog | typeof platformAuditLog;

/** A line's place in a chain. */
export type Link = { sequence: number; hash: string };

/** Before the first line of a log. */
export const START: Link = { sequence: 0, hash: "" };

/** `brokenAt` is the position of the first line that doesn't match the previous line or its own content. */
export type AuditVerification = { lines: number; brokenAt: number | null };

/** `last` is the last line that matches; null if there is none. */
export type PartVerification = AuditVerification & { last: Link | null };

/**
 * Verifies the tenant's whole log. Finds lines that were changed, added, or removed by hand. `anchor` is the last line that
 * retention has deleted.
 */
export async function verifyAudit(tx: TenantTx, anchor: Link = START): Promise<AuditVerification> {
  const { lines, brokenAt } = await verify(tx, auditLog, anchor, sql``);
  return { lines, brokenAt };
}

/** Verifies the platform's log. */
export async function verifyPlatformAudit(tx: ControlTx): Promise<AuditVerification> {
  const { lines, brokenAt } = await verify(tx, platformAuditLog, START, sql``);
  return { lines, brokenAt };
}

/** Verifies the first `limit` lines of a log, including lines that don't belong before `anchor`. */
export async function verifyFirst(
  tx: TenantTx | ControlTx,
  log: AuditLog,
  anchor: Link,
  limit: number,
): Promise<PartVerification> {
  return await verify(tx, log, anchor, sql`order by sequence limit ${limit}`);
}

/** Verifies the next `limit` lines of a log after `link`. */
export async function verifyNext(
  tx: TenantTx | ControlTx,
  log: AuditLog,
  link: Link,
  limit: number,
): Promise<PartVerification> {
  return await verify(tx, log, link, sql`where sequence > ${link.sequence} order by sequence limit ${limit}`);
}

/** Whether the line at this place of a log is missing, or another one. */
export async function isLost(
  tx: TenantTx | ControlTx,
  log: AuditLog,
  { sequence, hash }: Link,
): Promise<boolean> {
  const [row] = await tx.execute<{ lost: boolean }>(
    sql`select not exists (select from ${log} where sequence = ${sequence} and hash = ${hash}) as lost`,
  );
  return row!.lost;
}

/**
 * Each line contains its sequence, a hash of its content, and a hash of both and the previous line's hash. Changing, inserting, or
 * removing a line without a trace would require rewriting all later lines.
 */
async function verify(
  tx: TenantTx | ControlTx,
  log: AuditLog,
  { sequence, hash }: Link,
  part: SQL,
): Promise<PartVerification> {
  const [result] = await tx.execute<{ lines: number; broken_at: number | null; last: Link | null }>(sql`
    with chain as (
      select sequence, previous_hash, hash, content_hash, salt, ${LINE} as line,
        lag(hash, 1, ${hash}) over lines as before, ${sequence}::bigint + row_number() over lines as position
      from (select * from ${log} ${part}) part window lines as (order by sequence)),
    broken as (
      select min(sequence) as at from chain where sequence <> position or previous_hash <> before
        or hash <> audit.hash(line) or (salt is not null and content_hash <> audit.content_hash(line)))
    select (select count(*)::int from chain) as lines, at::int as broken_at,
      (select jsonb_build_object('sequence', sequence, 'hash', hash) from chain
        where broken.at is null or sequence < broken.at order by sequence desc limit 1) as last
    from broken`);
  return { lines: result!.lines, brokenAt: result!.broken_at, last: result!.last };
}

const LINE =
  sql`row(id, sequence, at, action, actor_id, actor_name, subject_type, subject_id, subject_name, details, salt,
  content_hash, previous_hash, hash, origin)::audit.line`;
