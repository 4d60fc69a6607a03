import { and, eq, sql } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { platformAuditLog } from "../../db/control/schema/audit.ts";

/** Why staff change a workspace's billing by hand. `key` is the same if a form is sent twice. */
export type StaffNote = { reason: string; key: string };

/**
 * Whether the same form changed the subject before. Call it after locking the subject's row, so that of two that come together the second one
 * waits and sees the first.
 */
export async function isNoted(tx: ControlTx, subjectId: string, { key }: StaffNote): Promise<boolean> {
  return await findNote(tx, subjectId, key) !== null;
}

/** The details of the line that a form with this key wrote about the subject. Null if it wrote none. */
export async function findNote(
  tx: ControlTx,
  subjectId: string,
  key: string,
): Promise<Record<string, unknown> | null> {
  const { details, subjectId: subject } = platformAuditLog;
  const [line] = await tx.select({ details }).from(platformAuditLog)
    .where(and(eq(subject, subjectId), sql`${details} ->> 'form' = ${key}`)).limit(1);
  return line?.details ?? null;
}

/** What the log keeps of a note. The tenant's id lets the deletion of the tenant erase it. */
export function noteDetails(note: StaffNote | undefined, tenantId: string): Record<string, unknown> {
  return note ? { reason: note.reason, form: note.key, tenant_id: tenantId } : {};
}
